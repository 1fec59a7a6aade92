using System.Diagnostics;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;
using Pointsman.Vrrp.Rivals;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Two masters on one network: each notices the other in seconds, and says why.</summary>
public sealed class SplitBrainTests
{
    /// <summary>"Within seconds": what an operator waits for without doubting.</summary>
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(10);

    [Fact]
    public void Firewall_DropsAdverts_BothNoticeAndHeal()
    {
        using Network network = Network.Create();
        using Node first = NewNode(network.AddMachine(1), priority: 150);
        using Node second = NewNode(network.AddMachine(2), priority: 100);
        first.Start();
        first.ExpectState(VrrpState.Master);
        second.Start();
        second.ExpectState(VrrpState.Backup);
        Node.WaitUntil(() => second.Snapshot().Instances[0].AdvertsReceived > 1, () => second.Said());

        network.DropAdverts();
        var cut = Stopwatch.StartNew();
        foreach (Node node in new[] { first, second })
        {
            Assert.Contains("nothing is heard from it: a firewall drops VRRP (protocol 112), multicast does not pass", ExpectRival(node, "split brain"), StringComparison.Ordinal);
            RivalSnapshot rival = node.Snapshot().Instances[0].Rival!;
            Assert.Equal((RivalCause.NothingHeard, Node.Address(Network.Vip)), (rival.Cause, rival.Claimed));
        }

        Assert.True(cut.Elapsed < Seconds, $"noticed after {cut.Elapsed}");
        Assert.Contains("10.9.0.1", second.Snapshot().Instances[0].Rival!.Text, StringComparison.Ordinal);
        Assert.True(first.HasVip && second.HasVip);

        int since = first.Count;
        using var watch = new ArpWatch(second.Machine);
        network.PassAdverts();
        second.Expect<RoleEvent.StateChanged>(changed => changed is { From: VrrpState.Master, To: VrrpState.Backup });
        foreach (Node node in new[] { first, second })
        {
            node.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.RivalGone);
            Assert.Null(node.Snapshot().Instances[0].Rival);
        }

        string mac = Network.MacOf(first.Machine);
        Node.WaitUntil(() => watch.CountOf(mac) > 0, () => $"the survivor does not announce itself again:\n{first.Said(since)}");
    }

    public static TheoryData<string> Mistakes => ["password", "interval", "list", "router id"];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Configurations_Differ_BothNoticeAndNameBothValues(string mistake)
    {
        using Network network = Network.Create();
        using Node first = NewNode(network.AddMachine(1), priority: 150);
        using Node second = NewNode(network.AddMachine(2), priority: 100);
        second.Change(instance => mistake switch
        {
            "password" => instance with { AuthPass = "2222" },
            "interval" => instance with { AdvertInterval = TimeSpan.FromSeconds(2) },
            "router id" => instance with { VirtualRouterId = 52 },
            _ => instance with { VirtualAddresses = [Node.Address(Network.Vip), Node.Address("10.9.0.101")] },
        });
        first.Start();
        first.ExpectState(VrrpState.Master);
        second.Start();
        if (mistake == "list")
        {
            // The election goes on, as with keepalived since 2.3.3: this is told, and nobody is a rival.
            second.Expect<RoleEvent.Reported>(told => told.Text.Contains("unexpected ip number count 1, expected 2", StringComparison.Ordinal));
            Assert.Equal(VrrpState.Backup, second.Snapshot().Instances[0].State);
            return;
        }

        (string ofFirst, string ofSecond) = mistake switch
        {
            "password" => ("auth_pass differs: theirs `2***`, ours `1***`", "auth_pass differs: theirs `1***`, ours `2***`"),
            "interval" => ("advert_int differs: theirs 2 s, ours 0.25 s", "advert_int differs: theirs 1 s, ours 2 s"),
            _ => ("another virtual_router_id: theirs 52, ours 51", "another virtual_router_id: theirs 51, ours 52"),
        };
        Assert.Contains(ofFirst, ExpectRival(first, "split brain"), StringComparison.Ordinal);
        Assert.Contains(ofSecond, ExpectRival(second, "split brain"), StringComparison.Ordinal);
        Node.WaitUntil(() => first.Snapshot().Instances[0].Rival?.Claimed is not null, () => first.Said());
    }

    [Theory]
    [InlineData("1111", true)]
    [InlineData("2222", false)]
    public void KeepalivedIsTheOther_BothAreMaster_WeSayWhy(string password, bool isFirewall)
    {
        Keepalived.SkipUnlessInstalled();
        using Network network = Network.Create();
        using Node ours = NewPeerOfKeepalived(network.AddMachine(1), priority: 150);
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        using var theirs = new Keepalived(network.AddMachine(2), priority: 100, password);
        theirs.Expect("Entering BACKUP STATE");
        if (isFirewall)
        {
            network.DropAdverts();
        }

        theirs.Expect("Entering MASTER STATE");
        string said = ExpectRival(ours, "split brain");
        Assert.Contains(isFirewall ? "a firewall drops VRRP" : "auth_pass differs: theirs `2***`, ours `1***`", said, StringComparison.Ordinal);
        Assert.Contains(Network.MacOf(theirs.Machine), said, StringComparison.Ordinal);
    }

    [Fact]
    public void KeepalivedIsMasterAndHolds_FirewallDropsAdverts_WeWaitUntilItIsGone()
    {
        Keepalived.SkipUnlessInstalled();
        using Network network = Network.Create();
        using Node ours = NewPeerOfKeepalived(network.AddMachine(1), priority: 100);
        ours.Change(instance => instance with { RivalPolicy = RivalPolicy.Hold });
        using var theirs = new Keepalived(network.AddMachine(2), priority: 150);
        theirs.Expect("Entering MASTER STATE");
        ours.Start();
        ours.ExpectState(VrrpState.Backup);
        Node.WaitUntil(() => ours.Snapshot().Instances[0].AdvertsReceived > 1, () => ours.Said());

        network.DropAdverts();
        Assert.Contains(
            $"not taking over: {Network.Vip} is still answered for by {Network.MacOf(theirs.Machine)} (split_brain hold)",
            ours.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.TakeoverHeld).Text,
            StringComparison.Ordinal);
        Assert.False(ours.HasVip);

        theirs.Stop();
        ours.ExpectState(VrrpState.Master);
    }

    [Fact]
    public void OneNodeYields_FirewallDropsAdverts_TheOtherKeepsTheAddress()
    {
        using Network network = Network.Create();
        using Node keeps = NewNode(network.AddMachine(1), priority: 100);
        using Node yields = NewNode(network.AddMachine(2), priority: 150);
        yields.Change(instance => instance with { RivalPolicy = RivalPolicy.Yield });
        yields.Start();
        yields.ExpectState(VrrpState.Master);
        keeps.Start();
        keeps.ExpectState(VrrpState.Backup);
        Node.WaitUntil(() => keeps.Snapshot().Instances[0].AdvertsReceived > 1, () => keeps.Said());

        network.DropAdverts();
        Assert.Equal(
            VrrpReason.RivalAnswers,
            yields.Expect<RoleEvent.StateChanged>(changed => changed is { From: VrrpState.Master, To: VrrpState.Backup }).Reason);
        yields.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.TakeoverHeld);
        Assert.True(keeps.HasVip && !yields.HasVip && !yields.IsArmed);
    }

    private static Node NewNode(string machine, byte priority)
    {
        var node = new Node(machine, priority);
        node.Change(instance => instance with { RivalProbeInterval = TimeSpan.FromSeconds(5) });
        return node;
    }

    // With an interval keepalived can have, too.
    private static Node NewPeerOfKeepalived(string machine, byte priority)
    {
        Node node = NewNode(machine, priority);
        node.Change(instance => instance with { AdvertInterval = TimeSpan.FromSeconds(1) });
        return node;
    }

    private static string ExpectRival(Node node, string beginning) => node.Expect<RoleEvent.Reported>(told =>
        told.What == VrrpEventKind.RivalSeen && told.Text.Contains($") {beginning}", StringComparison.Ordinal)).Text;
}
