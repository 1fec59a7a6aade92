using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;
using static Pointsman.Vrrp.VrrpActionKind;

namespace Pointsman.Vrrp.Tests;

public sealed class SleepTests
{
    [Fact]
    public void Master_OversleepsItsLease_StepsDownBeforeItSpeaks()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Sleep(10);
        node.Actions.Clear();

        node.Router.OnDeadline(node.Now, node.Actions);

        Assert.Equal(VrrpState.Backup, node.State);
        Assert.Equal([Disarm, RemoveAddresses], node.Deeds);
        Assert.Contains("(VI_1) Entering BACKUP STATE (nothing sent for 10 s: another may be master by now)", node.Log);
        Assert.Equal(node.Router.Instances[0].MasterDownTime, node.Router.Deadline - node.Now);
    }

    [Fact]
    public void Master_OversleepsAndHearsALowerMaster_DoesNotAnswer()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Sleep(10).Hear(50, Lower);

        Assert.Equal([Disarm, RemoveAddresses, LearnPeer], node.Deeds);
    }

    [Fact]
    public void Master_IsServedBeforeItsLeaseEnds_StaysMaster()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Sleep(2.9);
        node.Actions.Clear();

        node.Router.OnDeadline(node.Now, node.Actions);

        Assert.Equal(VrrpState.Master, node.State);
        Assert.Equal([SendAdvert, RenewLease], node.Deeds);
    }

    [Fact]
    public void Master_LeaseTime_EndsBeforeAnyOtherNodeMayTakeOver()
    {
        AdvertPace pace = EachSecond;

        Assert.True(VrrpTimers.Lease(pace) < VrrpTimers.MasterDown(pace, 255));
    }

    [Fact]
    public void GroupMember_Oversleeps_TakesTheGroupAlong()
    {
        RouterHarness node = new RouterHarness(Group(Instance("VI_1"), Instance("VI_2"))).StartAsMaster().Sleep(10);

        node.Router.OnDeadline(node.Now, node.Actions);

        Assert.All(node.Router.Instances, instance => Assert.Equal(VrrpState.Backup, instance.State));
    }

    [Fact]
    public void Backup_OversleepsItsTakeover_ListensFirst()
    {
        RouterHarness node = new RouterHarness(Instance()).Start().Sleep(10);
        node.Actions.Clear();

        node.Router.OnDeadline(node.Now, node.Actions);

        Assert.Equal(VrrpState.Backup, node.State);
        Assert.Equal(TimeSpan.FromSeconds(1 + (156 / 256.0)), node.Router.Deadline - node.Now);
        Assert.Equal(
            ["(VI_1) Receive advertisement timeout handled 6.391 s late - listening again before taking over"], node.Log);
        Assert.Equal(VrrpState.Master, node.Advance(2).State);
    }

    [Fact]
    public void Backup_OversleptAndHearsTheLivingMaster_StaysBackup()
    {
        RouterHarness node = new RouterHarness(Instance()).Start().Sleep(10);
        node.Router.OnDeadline(node.Now, node.Actions);

        node.Hear(150, Higher).Advance(2);

        Assert.Equal(VrrpState.Backup, node.State);
    }

    [Fact]
    public void Master_IsHeldUp_SpeaksOnAndKeepsItsPlace()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster();
        for (int i = 0; i < 10; i++)
        {
            node.Sleep(1).Actions.Clear();
            Assert.Equal(TimeSpan.FromSeconds(0.25), node.Router.NextWord(node.Now) - node.Now);
            node.Router.SpeakOn(node.Now, node.Actions);
            Assert.Equal([SendAdvert, RenewLease], node.Deeds);
        }

        node.Actions.Clear();
        node.Router.SpeakOn(node.Now, node.Actions);
        Assert.Empty(node.Actions);
        node.Router.OnDeadline(node.Sleep(1).Now, node.Actions);

        Assert.Equal(VrrpState.Master, node.State);
    }

    [Fact]
    public void Master_IsHeldUpAfterItsLease_SaysNothing()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Sleep(3);
        node.Actions.Clear();

        node.Router.SpeakOn(node.Now, node.Actions);

        Assert.Empty(node.Actions);
        Assert.Null(node.Router.NextWord(node.Now));
    }

    // What a master has begun before it was held up: in time all of it, too late nothing, whatever the list has still.
    [Theory]
    [InlineData(2.9, false)]
    [InlineData(3, true)]
    public void Master_IsHeldUpInTheMidstOfItsActions_FinishesThemInTimeOnly(double seconds, bool isTooLate)
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Sleep(seconds);
        foreach (VrrpAction action in new[]
        {
            VrrpAction.SendAdvert(0, 100), VrrpAction.AddAddresses(0), VrrpAction.Arm(0), VrrpAction.RenewLease(0), VrrpAction.AnnounceAddresses(0, 5),
        })
        {
            Assert.Equal(isTooLate, node.Router.ComesTooLate(node.Now, action));
        }

        foreach (VrrpAction action in new[] { VrrpAction.RemoveAddresses(0), VrrpAction.Disarm(0) })
        {
            Assert.False(node.Router.ComesTooLate(node.Now, action));
        }
    }

    [Fact]
    public void Farewell_IsHeldUpForALeasesTime_IsNotSaid()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Stop();
        Assert.False(node.Router.ComesTooLate(node.Now, VrrpAction.SendAdvert(0, 0)));
        Assert.True(node.Router.ComesTooLate(node.Sleep(3).Now, VrrpAction.SendAdvert(0, 0)));
        Assert.Equal(TimeSpan.FromSeconds(3), node.Router.Instances[0].SilentFor(node.Now));
    }

    [Fact]
    public void WhoIsNotMaster_IsHeldUp_SaysNothing()
    {
        RouterHarness backup = new RouterHarness(Instance()).Start().Sleep(10);
        RouterHarness leaving = new RouterHarness(Instance()).StartAsMaster();
        leaving.Router.Stop(leaving.Now, leaving.Actions);
        Assert.Equal(VrrpState.Leaving, leaving.State);
        leaving.Sleep(1.05);
        foreach (RouterHarness node in new[] { backup, leaving })
        {
            node.Actions.Clear();
            node.Router.SpeakOn(node.Now, node.Actions);
            Assert.Empty(node.Actions);
        }
    }
}
