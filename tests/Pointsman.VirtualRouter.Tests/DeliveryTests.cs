using System.Diagnostics;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Who is heard, by what way, and from which address one speaks.</summary>
public sealed class DeliveryTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void UnicastStranger_IsHeardUnlessSourcesAreChecked(bool checksSource)
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4 unicast"].MakeOurs(network.AddMachine(1), priority: 100);
        ours.Change(instance => instance with { ChecksUnicastSource = checksSource });
        using var stranger = new Speaker(network.AddMachine(7), "10.9.0.7");
        using var peer = new Speaker(network.AddMachine(2), "10.9.0.2");
        ours.Start();
        ours.ExpectState(VrrpState.Master);

        int since = ours.Count;
        stranger.Say(priority: 200, to: "10.9.0.1");
        if (checksSource)
        {
            ours.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.PacketDiscarded, since);
            Assert.Contains(ours.Snapshot().Instances[0].Discarded, count => count.Reason == VrrpDiscardReason.UnknownPeer);
            Assert.False(ours.Has(told => told is RoleEvent.StateChanged, since), ours.Said(since));
            peer.Say(priority: 200, to: "10.9.0.1");
        }

        ours.ExpectState(VrrpState.Backup, since);
    }

    [Fact]
    public void AnotherGroup_IsSpokenToAndHeard_TheUsualOneIsNot()
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(1), priority: 100);
        ours.Change(instance => instance with { MulticastGroup = Node.Address("224.0.0.77") });
        string machine = network.AddMachine(2);
        using var other = new Speaker(machine, "10.9.0.2");
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        Assert.Contains(
            "10.9.0.1 > 224.0.0.77",
            Network.Command("ip", $"netns exec {machine} timeout 30 tcpdump -n -c 1 -i eth0 ip proto 112"),
            StringComparison.Ordinal);

        int since = ours.Count;
        other.Say(priority: 200);
        other.Say(priority: 150, to: "224.0.0.77", interval: TimeSpan.FromSeconds(20));
        ours.ExpectState(VrrpState.Backup, since);
        Assert.Equal(150, ours.Snapshot().Instances[0].MasterPriority);
    }

    [Fact]
    public void SourceThatIsTracked_IsTakenAway_IsAFaultUntilItIsBack_OneThatIsNot_IsNone()
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(1), priority: 100);
        Network.Ip($"-n {ours.Machine} addr add 10.9.0.50/24 dev eth0");
        ours.Change(instance => instance with { AdvertSource = Node.Address("10.9.0.50"), TracksAdvertSource = true });
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        Assert.Equal("10.9.0.50", ours.Snapshot().Instances[0].SourceAddress.ToString());

        int since = ours.Count;
        Network.Ip($"-n {ours.Machine} addr del 10.9.0.50/24 dev eth0");
        Assert.Equal(VrrpReason.NoSourceAddress, ours.ExpectState(VrrpState.Fault, since).Reason);
        Network.Ip($"-n {ours.Machine} addr add 10.9.0.50/24 dev eth0");
        ours.ExpectState(VrrpState.Master, since);

        since = ours.Count;
        ours.Change(instance => instance with { TracksAdvertSource = false });
        ours.Start();
        Network.Ip($"-n {ours.Machine} addr del 10.9.0.50/24 dev eth0");
        Node.WaitUntil(
            () => !Network.Command("ip", $"-n {ours.Machine} -o addr show").Contains("10.9.0.50/", StringComparison.Ordinal), () => ours.Said(since));
        Assert.Equal(VrrpState.Master, ours.Snapshot().Instances[0].State);
    }

    [Fact]
    public void NoPeers_WhereThatIsAFault_IsOneWithAReason()
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(1), priority: 100);
        ours.Change(instance => instance with { LacksPeers = true });
        ours.Start();
        Assert.Equal(VrrpReason.NoPeers, ours.ExpectState(VrrpState.Fault).Reason);
        Assert.False(ours.HasVip);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Owner_HearsAnotherOwner_YieldsUnlessItIgnoresThem(bool ignores)
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(1), priority: 255);
        ours.Change(instance => instance with { StartsAsMaster = true, OwnerIgnoresAdverts = ignores });
        using var other = new Speaker(network.AddMachine(2), "10.9.0.2");
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        int since = ours.Count;
        other.Say(priority: 255);
        if (ignores)
        {
            Node.WaitUntil(
                () => ours.Snapshot().Instances[0].Discarded.Any(count => count.Reason == VrrpDiscardReason.NotListening), () => ours.Said(since));
            Assert.False(ours.Has(told => told is RoleEvent.StateChanged, since), ours.Said(since));
        }
        else
        {
            ours.ExpectState(VrrpState.Backup, since);
        }
    }

    [Fact]
    public void DownTimerAdverts_SoManyMustBeMissing()
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(1), priority: 200);
        ours.Change(instance => instance with { AdvertInterval = TimeSpan.FromMilliseconds(400), DownTimerAdverts = 10 });
        using var other = new Speaker(network.AddMachine(2), "10.9.0.2");
        ours.Start();
        ours.ExpectState(VrrpState.Backup);
        other.Say(priority: 250, interval: TimeSpan.FromMilliseconds(400));
        var silent = Stopwatch.StartNew();
        ours.ExpectState(VrrpState.Master);
        Assert.True(silent.Elapsed > TimeSpan.FromSeconds(3.8), $"master after {silent.Elapsed}");
    }
}
