using Pointsman.Base;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;
using static Pointsman.Vrrp.VrrpActionKind;

namespace Pointsman.Vrrp.Tests;

public sealed class SyncGroupTests
{
    private static readonly VrrpInstanceSettings First = Instance("VI_1");
    private static readonly VrrpInstanceSettings Second = Instance("VI_2", priority: 90);

    [Fact]
    public void Group_AllHearNothing_BecomesMasterWhenTheLastOneWants()
    {
        RouterHarness node = new RouterHarness(Group(First, Second)).Start();

        node.Advance(VrrpTimers.MasterDown(EachSecond, 100));
        Assert.True(node.Router.Instances[0].WantsMaster);
        Assert.All(node.Router.Instances, instance => Assert.Equal(VrrpState.Backup, instance.State));

        node.Advance(0.1);
        Assert.All(node.Router.Instances, instance => Assert.Equal(VrrpState.Master, instance.State));
        Assert.Contains("VRRP_Group(VG_1) Syncing instances to MASTER state", node.Log);
    }

    [Fact]
    public void Group_OneMemberHearsNothing_StaysBackup()
    {
        RouterHarness node = new RouterHarness(Group(First, Second)).Start();

        for (int second = 0; second < 20; second++)
        {
            node.Advance(1).Hear(150, Higher, instance: 1);
        }

        Assert.True(node.Router.Instances[0].WantsMaster);
        Assert.All(node.Router.Instances, instance => Assert.Equal(VrrpState.Backup, instance.State));
    }

    [Fact]
    public void WaitingMember_HearsItsMasterAgain_WantsNoMore()
    {
        RouterHarness node = new RouterHarness(Group(First, Second)).Start().Advance(3.62);
        Assert.True(node.Router.Instances[0].WantsMaster);

        node.Hear(150, Higher, instance: 0).Advance(1);

        Assert.False(node.Router.Instances[0].WantsMaster);
        Assert.True(node.Router.Instances[1].WantsMaster);
        Assert.All(node.Router.Instances, instance => Assert.Equal(VrrpState.Backup, instance.State));
    }

    [Fact]
    public void Group_OneMemberHearsABetterMaster_AllBecomeBackup()
    {
        RouterHarness node = new RouterHarness(Group(First, Second)).Start().Advance(5);

        node.Hear(150, Higher, instance: 1);

        Assert.All(node.Router.Instances, instance => Assert.Equal(VrrpState.Backup, instance.State));
        Assert.Equal([LearnPeer, SendAdvert, SendAdvert, Disarm, RemoveAddresses, Disarm, RemoveAddresses], node.Deeds);
        Assert.Equal(
            [
                "(VI_2) Master received advert from 10.0.0.9 with higher priority 150, ours 90",
                "(VI_2) removing VIPs.",
                "(VI_2) Entering BACKUP STATE (10.0.0.9 has priority 150, ours 90)",
                "VRRP_Group(VG_1) Syncing instances to BACKUP state",
                "(VI_1) removing VIPs.",
                "(VI_1) Entering BACKUP STATE (with sync group VG_1)",
                "VRRP_Group(VG_1) all instances are in BACKUP state",
            ],
            node.Log);
    }

    [Fact]
    public void Group_OneMemberFails_AllSayFarewellAndAreFault()
    {
        var settings = Group(First with { TrackScripts = [new VrrpTrack("chk", 0)] }, Second);
        RouterHarness node = new RouterHarness(settings).Start().Script("chk", isUp: true).Advance(5);

        node.Script("chk", isUp: false);

        Assert.All(node.Router.Instances, instance => Assert.Equal(VrrpState.Fault, instance.State));
        Assert.Equal([SendAdvert, Disarm, RemoveAddresses, SendAdvert, Disarm, RemoveAddresses], node.Deeds);
        Assert.Contains("VRRP_Group(VG_1) Syncing instances to FAULT state", node.Log);

        node.Script("chk", isUp: true);
        Assert.All(node.Router.Instances, instance => Assert.Equal(VrrpState.Backup, instance.State));
    }

    [Fact]
    public void Group_OneMemberAwaitsItsScript_AllWait()
    {
        var settings = Group(First with { TrackScripts = [new VrrpTrack("chk", 0)] }, Second);

        RouterHarness node = new RouterHarness(settings).Start().Advance(60);

        Assert.All(node.Router.Instances, instance => Assert.Equal(VrrpState.Initialize, instance.State));
    }

    [Fact]
    public void GroupMember_HasWeights_IgnoresThem()
    {
        var settings = Group(First with { TrackScripts = [new VrrpTrack("chk", 50)] }, Second);

        RouterHarness node = new RouterHarness(settings).Start().Script("chk", isUp: true);

        Assert.Equal(100, node.Router.Instances[0].EffectivePriority);
    }

    [Fact]
    public void Group_OneLeaseIsUnexpired_StartsByElection()
    {
        RouterHarness node = new RouterHarness(Group(First, Second)).Start(true, false);

        Assert.All(node.Router.Instances, instance => Assert.Equal(VrrpState.Backup, instance.State));
        Assert.Equal([Disarm, RemoveAddresses, Disarm, RemoveAddresses], node.Deeds);
        Assert.Equal(VrrpState.Master, new RouterHarness(Group(First, Second)).Start(true, true).State);
    }

    [Fact]
    public void Group_NotAllMembersAreOwners_StartsAsBackup()
    {
        VrrpInstanceSettings owner = Instance("VI_1", priority: 255) with { StartsAsMaster = true };

        Assert.Equal(VrrpState.Backup, new RouterHarness(Group(owner, Second)).Start().State);
    }

    [Fact]
    public void MasterGroup_OneMemberHearsALowerMaster_AllAnnounce()
    {
        RouterHarness node = new RouterHarness(Group(First, Second)).Start().Advance(12).Hear(50, Lower, instance: 1);

        Assert.Equal(2, node.Deeds.Count(kind => kind == AnnounceAddresses));
    }

    [Fact]
    public void Group_IsStopped_EachMemberWaitsForItsOwnSuccessor()
    {
        RouterHarness node = new RouterHarness(Group(First, Second)).Start().Advance(5).Stop();

        node.Hear(50, Lower, instance: 0);
        Assert.Equal(VrrpState.Initialize, node.Router.Instances[0].State);
        Assert.Equal(VrrpState.Leaving, node.Router.Instances[1].State);
        Assert.False(node.Router.IsStopped);
        Assert.True(node.Advance(1.2).Router.IsStopped);
    }

    [Fact]
    public void InstanceOutsideTheGroup_HearsABetterMaster_GoesAlone()
    {
        var settings = Group(First, Second) with { Instances = [First, Second, Instance("VI_3")] };
        RouterHarness node = new RouterHarness(settings).Start().Advance(5).Hear(150, Higher, instance: 2);

        Assert.Equal(VrrpState.Master, node.Router.Instances[0].State);
        Assert.Equal(VrrpState.Master, node.Router.Instances[1].State);
        Assert.Equal(VrrpState.Backup, node.Router.Instances[2].State);
    }

    [Fact]
    public void AllMembersHaveChanged_TheGroupIsToldOnce()
    {
        var node = new RouterHarness(RouterHarness.Group(RouterHarness.Instance("VI_1"), RouterHarness.Instance("VI_2")));

        Assert.Equal([VrrpState.Backup], GroupStates(node.Start()));
        Assert.Equal([VrrpState.Master], GroupStates(node.Advance(10)));
        Assert.Equal([VrrpState.Backup], GroupStates(node.Hear(200, RouterHarness.Lower)));
        Assert.Equal([VrrpState.Fault], GroupStates(node.Link("eth0", isUp: false)));
    }

    [Fact]
    public void LoneInstance_Changes_NoGroupIsTold() => Assert.Empty(GroupStates(new RouterHarness(RouterHarness.Instance()).Start()));

    private static IEnumerable<VrrpState> GroupStates(RouterHarness node) => node.Actions
        .Where(action => action.Event.Kind == VrrpEventKind.GroupStateChanged).Select(action => action.Event.To);

    // Found by the simulation: the new member stayed where nobody is, neither at fault nor backup.
    [Fact]
    public void GroupAtFault_GetsANewMemberByOtherSettings_BothAreAtFault_AndComeBackTogether()
    {
        RouterHarness node = new RouterHarness(First).Start();
        node.Link("eth0", isUp: false);
        Assert.Equal(VrrpState.Fault, node.State);

        List<VrrpAction> actions = [];
        var router = new VrrpRouter(Group(First, Second with { Interface = "eth1" }), node.Router, node.Now);
        router.OnSourceAddress(node.Now, 1, Own, actions);
        router.Settle(node.Now, [false, false], actions);
        Assert.All(router.Instances, instance => Assert.Equal(VrrpState.Fault, instance.State));

        router.OnLink(node.Now, "eth0", isUp: true, actions);
        Assert.All(router.Instances, instance => Assert.Equal(VrrpState.Backup, instance.State));
    }
}
