using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>One node of the pair is keepalived, as on the day one of two directors is replaced.</summary>
public sealed class KeepalivedTests
{
    [Fact]
    public void KeepalivedIsBackup_WeStopComeBackAndDie_ItFollows()
    {
        Keepalived.SkipUnlessInstalled();
        using Network network = Network.Create();
        using Node ours = NewNode(network.AddMachine(1), priority: 150);
        using var theirs = new Keepalived(network.AddMachine(2), priority: 100);
        theirs.Expect("Entering BACKUP STATE");
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => ours.HasVip && !theirs.HasVip, () => theirs.Log);
        AssertContent(ours);

        ours.Client.Stop(Node.Patience);
        Assert.Equal(VrrpReason.SuccessorHeard, ours.ExpectState(VrrpState.Initialize, since: 1).Reason);
        Node.WaitUntil(() => theirs.HasVip && !ours.HasVip, () => theirs.Log);

        int since = ours.Count;
        ours.Start();
        ours.ExpectState(VrrpState.Master, since);
        Node.WaitUntil(() => ours.HasVip && !theirs.HasVip, () => theirs.Log);
        AssertContent(ours);

        int masterCount = theirs.Log.Split("Entering MASTER STATE").Length - 1;
        ours.Kill();
        theirs.Expect("Entering MASTER STATE", masterCount + 1);
        Node.WaitUntil(() => theirs.HasVip, () => theirs.Log);
        Assert.False(ours.IsArmed);
        theirs.AssertContent();
    }

    [Fact]
    public void KeepalivedIsMaster_ItStopsComesBackAndDies_WeFollow()
    {
        Keepalived.SkipUnlessInstalled();
        using Network network = Network.Create();
        string machine = network.AddMachine(2);
        using Node ours = NewNode(network.AddMachine(1), priority: 100);
        using (var theirs = new Keepalived(machine, priority: 150))
        {
            theirs.Expect("Entering MASTER STATE");
            ours.Start();
            ours.ExpectState(VrrpState.Backup);
            Node.WaitUntil(() => ours.Snapshot().Instances[0].AdvertsReceived > 1, () => "nothing is heard");
            Assert.Equal("10.9.0.2", ours.Snapshot().Instances[0].MasterAddress.ToString());

            theirs.Stop();
            ours.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.PriorityZeroReceived);
            ours.ExpectState(VrrpState.Master);
            Node.WaitUntil(() => ours.HasVip, () => ours.Said());
            AssertContent(ours);
            theirs.AssertContent();
        }

        int since = ours.Count;
        using (var theirs = new Keepalived(machine, priority: 150))
        {
            ours.ExpectState(VrrpState.Backup, since);
            Node.WaitUntil(() => theirs.HasVip && !ours.HasVip && !ours.IsArmed, () => theirs.Log);

            since = ours.Count;
            theirs.Kill();
            Assert.Equal(VrrpReason.AdvertTimeout, ours.ExpectState(VrrpState.Master, since).Reason);
            Node.WaitUntil(() => ours.HasVip && ours.IsArmed, () => ours.Said());
            AssertContent(ours);
            theirs.AssertContent();
        }
    }

    private static Node NewNode(string machine, byte priority)
    {
        var node = new Node(machine, priority);
        node.Change(instance => instance with { AdvertInterval = TimeSpan.FromSeconds(1) });
        return node;
    }

    private static void AssertContent(Node ours)
    {
        InstanceSnapshot snapshot = ours.Snapshot().Instances[0];
        Assert.Empty(snapshot.Discarded);
        Assert.Equal(0, snapshot.AddressListMismatches);
        Assert.Equal(0, snapshot.ActionsFailed);
    }
}
