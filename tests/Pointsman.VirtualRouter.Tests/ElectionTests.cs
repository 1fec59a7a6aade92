using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

public sealed class ElectionTests
{
    [Fact]
    public void TwoRoles_Start_HigherPriorityHoldsAddressAndLease()
    {
        using Network network = Network.Create();
        using var low = new Node(network.AddMachine(1), priority: 100);
        using var high = new Node(network.AddMachine(2), priority: 150);

        low.Start();
        low.ExpectState(VrrpState.Master);
        high.Start();
        high.ExpectState(VrrpState.Master);
        RoleEvent.StateChanged yielded = low.Expect<RoleEvent.StateChanged>(
            changed => changed is { From: VrrpState.Master, To: VrrpState.Backup });

        Assert.Equal(VrrpReason.HigherPriorityHeard, yielded.Reason);
        Node.WaitUntil(() => high.HasVip && high.IsArmed, () => "the master does not hold the address:\n" + high.Said());
        Node.WaitUntil(() => !low.HasVip && !low.IsArmed, () => "the backup did not let go:\n" + low.Said());
    }

    [Fact]
    public void Master_HoldsAddress_AsConfigured()
    {
        using Network network = Network.Create();
        using var node = new Node(network.AddMachine(1), priority: 100);

        node.Start();
        node.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.Announcing);

        string addresses = Network.Command("ip", $"-n {node.Machine} -o addr show dev eth0");
        Assert.Contains("inet 10.9.0.100/32 scope global eth0:1", addresses, StringComparison.Ordinal);
    }

    [Fact]
    public void Mastership_ComesAndGoes_LeaseStandsOnlyWithTheAddress()
    {
        using Network network = Network.Create();
        using var low = new Node(network.AddMachine(1), priority: 100);
        using var high = new Node(network.AddMachine(2), priority: 150);

        low.Start();
        low.ExpectState(VrrpState.Master);
        high.Start();
        low.Expect<RoleEvent.StateChanged>(changed => changed.From == VrrpState.Master);
        high.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => !low.HasVip && high.IsArmed, () => low.Said());

        // The first one clears what a former run may have left. At the end the lease goes before the address.
        string[] log = FileLeases.Log(low.LeaseDirectory);
        Assert.Equal(
            ["disarm 3 without the address", "arm 3 with the address", "disarm 3 with the address"],
            log.Where(line => line.Contains("arm", StringComparison.Ordinal)));
        Assert.Contains(log, line => line.StartsWith("peer 10.9.0.2 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Peer_HasAnotherPassword_AdvertIsRefusedAndTheReasonNamed()
    {
        using Network network = Network.Create();
        using var ours = new Node(network.AddMachine(1), priority: 100);
        using var theirs = new Node(network.AddMachine(2), priority: 150);
        theirs.Change(instance => instance with { AuthPass = "2222" });

        theirs.Start();
        theirs.ExpectState(VrrpState.Master);
        ours.Start();
        RoleEvent.Reported refused = ours.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.PacketDiscarded);
        ours.ExpectState(VrrpState.Master);

        Assert.Contains("10.9.0.2", refused.Text, StringComparison.Ordinal);
        Assert.Contains("auth_pass differs", refused.Text, StringComparison.Ordinal);
        InstanceSnapshot snapshot = Assert.Single(ours.Snapshot().Instances);
        Assert.Contains(snapshot.Discarded, discarded => discarded.Reason == VrrpDiscardReason.AuthFailure);
        Assert.Equal(0, snapshot.AdvertsReceived);
    }

    [Fact]
    public void AnotherRouterIdOnTheWire_IsCountedAndChangesNothing()
    {
        using Network network = Network.Create();
        using var ours = new Node(network.AddMachine(1), priority: 100);
        using var theirs = new Node(network.AddMachine(2), priority: 150);
        theirs.Change(instance => instance with { VirtualRouterId = 52 });

        ours.Start();
        ours.ExpectState(VrrpState.Master);
        theirs.Start();
        theirs.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => ours.Snapshot().UnknownRouterIds > 2, () => "nothing was counted");

        Assert.Equal(VrrpState.Master, Assert.Single(ours.Snapshot().Instances).State);
    }

    [Fact]
    public void Script_FailsWithWeight_LowerPriorityYieldsAndGetsItBack()
    {
        using Network network = Network.Create();
        using var first = new Node(network.AddMachine(1), priority: 100);
        using var second = new Node(network.AddMachine(2), priority: 101);
        second.Change(instance => instance with { TrackScripts = [new VrrpTrack("chk_nginx", -20)] });

        first.Start();
        second.Client.ReportTrack("chk_nginx", isUp: true);
        second.Start();
        second.ExpectState(VrrpState.Master);
        int before = second.Count;
        second.Client.ReportTrack("chk_nginx", isUp: false);
        Assert.Equal(VrrpReason.HigherPriorityHeard, second.ExpectState(VrrpState.Backup, before).Reason);
        before = second.Count;
        second.Client.ReportTrack("chk_nginx", isUp: true);
        second.ExpectState(VrrpState.Master, before);

        Assert.True(second.Has(said => said is RoleEvent.Reported { What: VrrpEventKind.PriorityChanged, Priority: 81 }));
    }

    [Fact]
    public void Takeover_ClientsKnowTheAddress_AnnouncementsTurnThem()
    {
        using Network network = Network.Create();
        string client = network.AddMachine(9);
        using var low = new Node(network.AddMachine(1), priority: 100);
        using var high = new Node(network.AddMachine(2), priority: 150);
        high.Change(instance => instance with { GarpMasterDelay = TimeSpan.FromSeconds(1) });

        low.Start();
        low.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => low.HasVip, () => low.Said());
        Network.Ip($"-n {client} neigh replace {Network.Vip} lladdr {MacOf(low.Machine)} nud stale dev eth0");

        using var heard = new ArpWatch(client);
        high.Start();
        high.ExpectState(VrrpState.Master);

        Node.WaitUntil(
            () => Neighbour(client).Contains(MacOf(high.Machine), StringComparison.Ordinal), () => Neighbour(client));
        Node.WaitUntil(() => heard.CountOf(MacOf(high.Machine)) >= 10, () => $"heard:\n{heard.Text}");
    }

    private static string Neighbour(string machine) => Network.Command("ip", $"-n {machine} neigh show {Network.Vip}");

    private static string MacOf(string machine) =>
        Network.Command("ip", $"netns exec {machine} cat /sys/class/net/eth0/address").Trim();
}
