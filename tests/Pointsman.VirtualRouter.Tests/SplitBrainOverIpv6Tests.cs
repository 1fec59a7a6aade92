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
