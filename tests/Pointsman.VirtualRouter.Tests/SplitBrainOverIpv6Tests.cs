using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;
using Pointsman.Vrrp.Rivals;
using Pointsman.Wire;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Two masters over IPv6: what ARP tells over IPv4, neighbour discovery tells here.</summary>
public sealed class SplitBrainOverIpv6Tests
{
    private static readonly string[] Vips = ["fe80::9:100", "2001:db8:9::100"];

    [Fact]
    public void Firewall_DropsAdverts_BothNoticeAndHeal()
    {
        using Network network = Network.Create();
        using Node first = NewNode(network.AddMachine(1), priority: 150);
        using Node second = NewNode(network.AddMachine(2), priority: 100);
        Settle(first, second);

        network.DropAdverts();
        foreach (Node node in new[] { first, second })
        {
            string said = node.Expect<RoleEvent.Reported>(told =>
                told.What == VrrpEventKind.RivalSeen && told.Text.Contains(") split brain", StringComparison.Ordinal)).Text;
            Assert.Contains("nothing is heard from it: a firewall drops VRRP (protocol 112)", said, StringComparison.Ordinal);
            Assert.Contains("must not answer neighbour discovery", said, StringComparison.Ordinal);
            InstanceSnapshot snapshot = node.Snapshot().Instances[0];
            Assert.Equal(RivalCause.NothingHeard, snapshot.Rival!.Cause);
            Assert.Contains(Node.Address(snapshot.Rival.Claimed!.Value.ToString()), Vips.Select(Node.Address));
            Assert.True(snapshot.RivalClaims > 0);
        }

        Assert.Contains(Network.MacOf(first.Machine), second.Snapshot().Instances[0].Rival!.Text, StringComparison.Ordinal);

        network.PassAdverts();
        second.Expect<RoleEvent.StateChanged>(changed => changed is { From: VrrpState.Master, To: VrrpState.Backup });
        foreach (Node node in new[] { first, second })
        {
            node.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.RivalGone);
        }
    }

    [Fact]
    public void SecondHolds_FirewallDropsAdverts_ItWaitsUntilTheFirstIsGone()
    {
        using Network network = Network.Create();
        using Node first = NewNode(network.AddMachine(1), priority: 150);
        using Node second = NewNode(network.AddMachine(2), priority: 100);
        second.Change(instance => instance with { RivalPolicy = RivalPolicy.Hold });
        Settle(first, second);

        network.DropAdverts();
        second.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.TakeoverHeld);
        second.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.LastMasterAlive
            && told.Text.EndsWith("it answers neighbour discovery", StringComparison.Ordinal));
        Assert.False(Has(second));
        Assert.True(second.Snapshot().Instances[0].TakeoversHeld > 0);

        first.Client.Stop(Node.Patience);
        second.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => Has(second), () => second.Said());
    }

    [Fact]
    public void FirstYields_FirewallDropsAdverts_TheOtherKeepsTheAddresses()
    {
        using Network network = Network.Create();
        using Node yields = NewNode(network.AddMachine(1), priority: 150);
        using Node keeps = NewNode(network.AddMachine(2), priority: 100);
        yields.Change(instance => instance with { RivalPolicy = RivalPolicy.Yield });
        Settle(yields, keeps);

        network.DropAdverts();
        Assert.Equal(
            VrrpReason.RivalAnswers,
            yields.Expect<RoleEvent.StateChanged>(changed => changed is { From: VrrpState.Master, To: VrrpState.Backup }).Reason);
        Node.WaitUntil(() => Has(keeps) && !Has(yields) && !yields.IsArmed, () => yields.Said());
        Assert.True(yields.Snapshot().Instances[0].YieldedToRival > 0);
    }

    public static TheoryData<string> Causes => ["router id", "list", "hop limit", "foreign cluster", "version"];

    // What separates the two is heard, and the line has both values.
    [Theory]
    [MemberData(nameof(Causes))]
    public void SomethingElseKeepsThemApart_TheLineSaysWhat(string cause)
    {
        using Network network = Network.Create();
        using Node ours = NewNode(network.AddMachine(1), priority: 150);
        string machine = network.AddMachine(2);
        using var other = new Speaker(machine);
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        Network.Ip($"-n {machine} -6 addr add {Vips[1]}/128 dev eth0 nodad");
        int since = ours.Count;
        string[] expected = cause switch
        {
            "router id" => ["another virtual_router_id: theirs 52, ours 51"],
            "list" => ["its virtual_ipaddress differs"],
            "hop limit" => ["254", "255"],
            "foreign cluster" => ["foreign cluster", "2001:db8:77::1", Network.MacOf(machine), Speaker.LinkLocalOf(machine)],
            _ => ["version"],
        };
        Node.WaitUntil(
            () =>
            {
                switch (cause)
                {
                    case "router id": other.Say(priority: 100, virtualRouterId: 52, addresses: Vips); break;
                    case "list": other.Say(priority: 100, addresses: [.. Vips, "2001:db8:9::101"]); break;
                    case "hop limit": other.Say(priority: 100, timeToLive: 254, addresses: Vips); break;
                    case "foreign cluster": other.Say(priority: 100, addresses: ["fe80::77", "2001:db8:77::1"]); break;
                    default: other.Say(priority: 100, version: 2, addresses: Vips); break;
                }

                Thread.Sleep(50);
                return ours.Has(said => said is RoleEvent.Reported { What: VrrpEventKind.RivalSeen } told
                    && Array.TrueForAll(expected, words => told.Text.Contains(words, StringComparison.OrdinalIgnoreCase)), since);
            },
            () => ours.Said(since));
        Assert.Equal(VrrpState.Master, ours.Snapshot().Instances[0].State);
        Assert.True(ours.Snapshot().Instances[0].RivalsSeen > 0);
    }

    [Fact]
    public void KeepalivedHasAVirtualMac_FirewallDropsAdverts_WeSeeTheRival()
    {
        Keepalived.SkipUnlessInstalled();
        Way way = Way.All["v3 IPv6 VMAC"];
        using Network network = Network.Create();
        using Node ours = way.MakeOurs(network.AddMachine(1), priority: 150);
        ours.Change(instance => instance with { RivalProbeInterval = TimeSpan.FromSeconds(1) });
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        using Keepalived theirs = way.MakeTheirs(network.AddMachine(2), priority: 100);
        theirs.Expect("Entering BACKUP STATE");
        network.DropAdverts();
        theirs.Expect("Entering MASTER STATE");
        string said = ours.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.RivalSeen).Text;
        Assert.Contains("nothing is heard from it", said, StringComparison.Ordinal);
        Assert.Contains("00:00:5e:00:02:33", said, StringComparison.OrdinalIgnoreCase);

        network.PassAdverts();
        theirs.Expect("Entering BACKUP STATE", times: 2);
        ours.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.RivalGone);
        Assert.False(ours.Has(changed => changed is RoleEvent.StateChanged { From: VrrpState.Master }), ours.Said());
    }

    [Fact]
    public void MasterIsFrozen_ComesBackInTime_NothingMoves_TooLate_ItYieldsBeforeItSpeaks()
    {
        using Network network = Network.Create();
        using Node master = NewNode(network.AddMachine(1), priority: 150);
        using Node backup = NewNode(network.AddMachine(2), priority: 100);
        foreach (Node node in new[] { master, backup })
        {
            node.Change(instance => instance with { AdvertInterval = TimeSpan.FromSeconds(2) });
        }

        Settle(master, backup);
        int since = master.Count;
        int sinceBackup = backup.Count;

        // Shorter than the six seconds of the lease by far more than a busy machine adds.
        master.Pause();
        Thread.Sleep(TimeSpan.FromSeconds(1));
        master.GoOn();
        long sent = master.Snapshot().Instances[0].AdvertsSent;
        Node.WaitUntil(() => master.Snapshot().Instances[0].AdvertsSent > sent, () => master.Said(since));
        Assert.False(master.Has(said => said is RoleEvent.StateChanged, since), master.Said(since));
        Assert.False(backup.Has(said => said is RoleEvent.StateChanged, sinceBackup), backup.Said(sinceBackup));

        master.Pause();
        backup.ExpectState(VrrpState.Master, sinceBackup);
        master.GoOn();
        RoleEvent.StateChanged first = master.Expect<RoleEvent.StateChanged>(_ => true, since);
        Assert.Equal((VrrpState.Backup, VrrpReason.Overslept), (first.To, first.Reason));
        master.ExpectState(VrrpState.Master, since);
        Node.WaitUntil(() => Has(master) && !Has(backup), () => backup.Said());
    }

    private static bool Has(Node node) => Array.TrueForAll(Vips, vip => Network.HasVip(node.Machine, vip));

    private static void Settle(Node master, Node backup)
    {
        master.Start();
        master.ExpectState(VrrpState.Master);
        backup.Start();
        backup.ExpectState(VrrpState.Backup);
        Node.WaitUntil(() => backup.Snapshot().Instances[0].AdvertsReceived > 1, () => backup.Said());
    }

    private static Node NewNode(string machine, byte priority)
    {
        var node = new Node(machine, priority);
        node.Change(instance => instance with
        {
            Family = IpFamily.V6,
            Version = 3,
            AuthPass = null,
            ChecksumForm = VrrpChecksumForm.PseudoHeader,
            VirtualAddresses = [.. Vips.Select(Node.Address)],
            RivalProbeInterval = TimeSpan.FromSeconds(5),
        });
        node.Settings = node.Settings with
        {
            Bindings =
            [
                node.Settings.Bindings[0] with
                {
                    Addresses = [.. Vips.Select(vip => new VirtualAddress(new IpPrefix(Node.Address(vip), 128)))],
                },
            ],
        };
        return node;
    }
}
