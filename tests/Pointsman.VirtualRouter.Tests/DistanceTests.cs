using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>From how far away adverts may come, and how far ours go.</summary>
public sealed class DistanceTests
{
    [Theory]
    [InlineData("v3 IPv4")]
    [InlineData("v3 IPv6")]
    public void MulticastAdvert_ThatCrossedARouter_IsRefusedWithBothValues(string name)
    {
        using Network network = Network.Create();
        using Node ours = Way.All[name].MakeOurs(network.AddMachine(1), priority: 100);
        string machine = network.AddMachine(2);
        using var stranger = new Speaker(machine, name == "v3 IPv4" ? "10.9.0.2" : "");
        ours.Start();
        ours.ExpectState(VrrpState.Master);

        int since = ours.Count;
        stranger.Say(priority: 200, timeToLive: 254);
        string said = ours.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.PacketDiscarded, since).Text;
        Assert.Contains("254", said, StringComparison.Ordinal);
        Assert.Contains("255", said, StringComparison.Ordinal);
        Assert.Equal(new DiscardCount(VrrpDiscardReason.TimeToLive, 1), Assert.Single(ours.Snapshot().Instances[0].Discarded));
        Assert.False(ours.Has(told => told is RoleEvent.StateChanged, since), ours.Said(since));

        stranger.Say(priority: 200);
        ours.ExpectState(VrrpState.Backup, since);
    }

    [Fact]
    public void UnicastPeer_OutsideItsBounds_IsRefused_WithinThem_IsHeard()
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4 unicast"].MakeOurs(network.AddMachine(1), priority: 100);
        ours.Change(instance => instance with { UnicastPeers = [new UnicastPeer(Node.Address("10.9.0.2"), MinTimeToLive: 250, MaxTimeToLive: 253)] });
        using var peer = new Speaker(network.AddMachine(2), "10.9.0.2");
        ours.Start();
        ours.ExpectState(VrrpState.Master);

        int since = ours.Count;
        peer.Say(priority: 200, timeToLive: 249, to: "10.9.0.1");
        peer.Say(priority: 200, timeToLive: 254, to: "10.9.0.1");
        Node.WaitUntil(
            () => ours.Snapshot().Instances[0].Discarded.Contains(new DiscardCount(VrrpDiscardReason.TimeToLive, 2)), () => ours.Said(since));
        Assert.False(ours.Has(told => told is RoleEvent.StateChanged, since), ours.Said(since));

        peer.Say(priority: 200, timeToLive: 250, to: "10.9.0.1");
        ours.ExpectState(VrrpState.Backup, since);
    }

    [Theory]
    [InlineData("v3 IPv4 unicast", "ip proto 112", "ttl 64")]
    [InlineData("v3 IPv6 unicast", "ip6 proto 112", "hlim 64")]
    [InlineData("v3 IPv4", "ip proto 112", "ttl 255")]
    [InlineData("v3 IPv6", "ip6 proto 112", "hlim 255")]
    public void UnicastTtl_IsWhatPeersSee_MulticastLeavesWith255(string name, string filter, string seen)
    {
        using Network network = Network.Create();
        using Node ours = Way.All[name].MakeOurs(network.AddMachine(1), priority: 100);
        ours.Change(instance => instance with { UnicastTimeToLive = 64 });
        string machine = network.AddMachine(2);
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        Assert.Contains(
            seen, Network.Command("ip", $"netns exec {machine} timeout 30 tcpdump -v -n -c 1 -i eth0 {filter}"), StringComparison.Ordinal);
    }
}
