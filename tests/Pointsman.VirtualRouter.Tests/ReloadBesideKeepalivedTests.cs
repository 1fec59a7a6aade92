using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>The other node is keepalived, and must not notice that this one's file is read again.</summary>
public sealed class ReloadBesideKeepalivedTests
{
    private const string Excluded = "10.9.0.150";

    [Fact]
    public void OursIsMaster_AddressesPriorityAndScriptChange_KeepalivedStaysBackup()
    {
        Keepalived.SkipUnlessInstalled();
        using Network network = Network.Create();
        using Node ours = NewNode(network.AddMachine(1), priority: 150);
        using var theirs = new Keepalived(network.AddMachine(2), priority: 100);
        theirs.Expect("Entering BACKUP STATE");
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => ours.HasVip && ours.IsArmed, () => ours.Said());
        int since = ours.Count;
        int adverts = Adverts(ours);
        int takeovers = Takeovers(theirs);

        Reload(ours, instance => instance with { Priority = 140 });
        Hold(ours, Network.Vip, Excluded);
        Node.WaitUntil(() => Network.HasVip(ours.Machine, Excluded), () => ours.Said(since));
        Reload(ours, instance => instance with { TrackScripts = [new VrrpTrack("chk", 0)], GarpMasterRepeat = 2 });
        ours.Client.ReportTrack("chk", isUp: true);
        Reload(ours, instance => instance with { TrackScripts = [new VrrpTrack("chk", 5)], Nopreempt = true });
        Node.WaitUntil(() => ours.Snapshot().Instances[0].EffectivePriority == 145, () => ours.Said(since));
        Hold(ours, Network.Vip);
        Node.WaitUntil(() => !Network.HasVip(ours.Machine, Excluded), () => ours.Said(since));

        // Long enough for keepalived to have missed three.
        int before = Adverts(ours);
        Assert.True(before > adverts);
        Node.WaitUntil(() => Adverts(ours) > before + 4, () => ours.Said(since));
        Assert.Equal(takeovers, Takeovers(theirs));
        Assert.False(ours.Has(said => said is RoleEvent.StateChanged or RoleEvent.Exited, since), ours.Said(since));
        Assert.True(ours.HasVip && ours.IsArmed);
        theirs.AssertContent();
    }

    [Fact]
    public void OursIsBackup_PriorityAndScriptChange_KeepalivedStaysMaster()
    {
        Keepalived.SkipUnlessInstalled();
        using Network network = Network.Create();
        using Node ours = NewNode(network.AddMachine(1), priority: 100);
        using var theirs = new Keepalived(network.AddMachine(2), priority: 150);
        theirs.Expect("Entering MASTER STATE");
        ours.Start();
        ours.ExpectState(VrrpState.Backup);
        Node.WaitUntil(() => ours.Snapshot().Instances[0].AdvertsReceived > 1, () => ours.Said());
        int since = ours.Count;
        long heard = ours.Snapshot().Instances[0].AdvertsReceived;

        Reload(ours, instance => instance with { Priority = 130 });
        Reload(ours, instance => instance with { TrackScripts = [new VrrpTrack("chk", 5)] });
        ours.Client.ReportTrack("chk", isUp: true);
        Hold(ours, Network.Vip, Excluded);
        Node.WaitUntil(() => ours.Snapshot().Instances[0].EffectivePriority == 135, () => ours.Said(since));
        Node.WaitUntil(() => ours.Snapshot().Instances[0].AdvertsReceived > heard + 4, () => ours.Said(since));
        Assert.False(ours.Has(said => said is RoleEvent.StateChanged or RoleEvent.Exited, since), ours.Said(since));
        Assert.False(ours.HasVip);
        theirs.AssertContent();
    }

    // It may have been master until ours came.
    private static int Takeovers(Keepalived node) => node.Log.Split("Entering MASTER STATE").Length - 1;

    private static int Adverts(Node node) => (int)node.Snapshot().Instances[0].AdvertsSent;

    private static void Reload(Node node, Func<VrrpInstanceSettings, VrrpInstanceSettings> change)
    {
        node.Change(change);
        Assert.True(node.Client.Start(node.Settings));
    }

    // The advertised list stays: keepalived 2.2.7 hears no other.
    private static void Hold(Node node, params string[] addresses)
    {
        node.Settings = node.Settings with
        {
            Bindings =
            [
                node.Settings.Bindings[0] with
                {
                    Addresses = [.. addresses.Select(address => new VirtualAddress(new IpPrefix(Node.Address(address), 32)))],
                },
            ],
        };
        Assert.True(node.Client.Start(node.Settings));
    }

    private static Node NewNode(string machine, byte priority)
    {
        var node = new Node(machine, priority);
        node.Change(instance => instance with { AdvertInterval = TimeSpan.FromSeconds(1) });
        return node;
    }
}
