using Pointsman.Base;
using Pointsman.Tests;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;
using static Pointsman.Vrrp.VrrpActionKind;

namespace Pointsman.Vrrp.Tests;

public sealed class ElectionTests
{
    [Fact]
    [Rfc("3768-6.1-1")]
    [Rfc("3768-6.1-2")]
    public void Start_ConfiguredAsMaster_WaitsAMasterDownTimeAsBackup()
    {
        var node = new RouterHarness(Instance() with { StartsAsMaster = true });

        node.Start();

        Assert.Equal(VrrpState.Backup, node.State);
        Assert.Equal(["(VI_1) Entering BACKUP STATE (init)"], node.Log);
        // 3 * 1 s + (256 - 100) / 256 s, as seen with keepalived.
        Assert.Equal(TimeSpan.FromSeconds(3.609375), node.Router.Deadline - node.Now);
    }

    [Fact]
    public void Start_NotResumed_ClearsWhatAFormerRunLeft()
    {
        Assert.Equal([Disarm, RemoveAddresses], new RouterHarness(Instance()).Start().Deeds);
    }

    [Fact]
    [Rfc("9568-6.4.1-1")]
    [Rfc("3768-6.4.1-1")]
    public void Start_AddressOwnerConfiguredAsMaster_IsMasterAtOnce()
    {
        var node = new RouterHarness(Instance(priority: 255) with { StartsAsMaster = true });

        Assert.Equal(VrrpState.Master, node.Start().State);
    }

    [Fact]
    public void Start_AddressOwnerConfiguredAsBackup_WaitsAsBackup()
    {
        Assert.Equal(VrrpState.Backup, new RouterHarness(Instance(priority: 255)).Start().State);
    }

    [Fact]
    public void Start_LeaseUnexpired_IsMasterAtOnce()
    {
        RouterHarness node = new RouterHarness(Instance()).Start(true);

        Assert.Equal(VrrpState.Master, node.State);
        Assert.Equal([SendAdvert, AddAddresses, Arm, AnnounceAddresses], node.Deeds);
        Assert.Contains("(VI_1) Entering MASTER STATE (restarted while the addresses were still ours)", node.Log);
    }

    [Fact]
    public void Start_LeaseUnexpiredButLinkDown_IsFaultAndHoldsNothing()
    {
        RouterHarness node = new RouterHarness(Instance()).Link("eth0", isUp: false).Start(true);

        Assert.Equal(VrrpState.Fault, node.State);
        Assert.Equal([Disarm, RemoveAddresses], node.Deeds);
    }

    [Fact]
    [Rfc("9568-6.4.2-6")]
    [Rfc("3768-6.4.2-4")]
    public void Backup_HearsNothing_BecomesMasterInOrder()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster();

        Assert.Equal(VrrpState.Master, node.State);
        Assert.Equal([SendAdvert, AddAddresses, Arm, AnnounceAddresses], node.Deeds);
        Assert.Equal(100, node.Actions.First(action => action.Kind == SendAdvert).Priority);
        Assert.Equal(5, node.Actions.First(action => action.Kind == AnnounceAddresses).Repeat);
        Assert.Equal(
            [
                "(VI_1) Receive advertisement timeout",
                "(VI_1) Entering MASTER STATE (no master heard)",
                "(VI_1) setting VIPs.",
                "(VI_1) Sending/queueing gratuitous ARPs on eth0 for 10.0.0.100",
            ],
            node.Log);
    }

    [Fact]
    public void Backup_IsCalledEarly_DoesNothing()
    {
        RouterHarness node = new RouterHarness(Instance()).Start();
        node.Actions.Clear();

        node.Router.OnDeadline(node.Now + TimeSpan.FromSeconds(3.609), node.Actions);

        Assert.Empty(node.Actions);
    }

    [Theory]
    [InlineData(150)]
    [InlineData(100)]
    [Rfc("3768-6.4.2-6")]
    public void Backup_HearsSameOrHigherPriority_RestartsItsTimer(byte priority)
    {
        RouterHarness node = new RouterHarness(Instance()).Start().Advance(2);

        node.Hear(priority, Lower);

        Assert.Equal(node.Router.Instances[0].MasterDownTime, node.Router.Deadline - node.Now);
        Assert.Equal(Lower, node.Router.Instances[0].MasterAddress);
        Assert.Equal(priority, node.Router.Instances[0].MasterPriority);
    }

    [Fact]
    [Rfc("9568-6.4.2-11")]
    [Rfc("3768-6.4.2-7")]
    public void Backup_HearsLowerPriority_LetsItsTimerRun()
    {
        RouterHarness node = new RouterHarness(Instance()).Start();
        Instant? due = node.Router.Deadline;

        node.Advance(2).Hear(50, Lower);

        Assert.Equal(due, node.Router.Deadline);
        Assert.Equal(["(VI_1) received lower priority (50) advert from 10.0.0.1 - discarding"], node.Log);
    }

    [Fact]
    [Rfc("9568-6.1-4")]
    [Rfc("3768-6.1-3")]
    public void Backup_HearsLowerPriorityAndMustNotPreempt_RestartsItsTimer()
    {
        RouterHarness node = new RouterHarness(Instance() with { Nopreempt = true }).Start().Advance(2).Hear(50, Lower);

        Assert.Equal(node.Router.Instances[0].MasterDownTime, node.Router.Deadline - node.Now);
    }

    [Fact]
    public void Backup_NopreemptButConfiguredAsMaster_PreemptsNevertheless()
    {
        RouterHarness node = new RouterHarness(Instance() with { Nopreempt = true, StartsAsMaster = true }).Start();
        Instant? due = node.Router.Deadline;

        Assert.Equal(due, node.Advance(2).Hear(50, Lower).Router.Deadline);
    }

    [Fact]
    [Rfc("3768-6.4.2-5")]
    public void Backup_HearsZeroPriority_WaitsOnlySkewTime()
    {
        RouterHarness node = new RouterHarness(Instance()).Start().Hear(150, Lower).Hear(0, Lower);

        Assert.Equal(TimeSpan.FromSeconds(156 / 256.0), node.Router.Deadline - node.Now);
        Assert.Equal(["(VI_1) Backup received priority 0 advertisement"], node.Log);
        Assert.Equal(1, node.Router.Instances[0].Counters.PriorityZeroReceived);
    }

    [Fact]
    public void Backup_HearsZeroPriorityOfAnotherThanItsMaster_WaitsOn()
    {
        RouterHarness node = new RouterHarness(Instance()).Start().Hear(150, Lower);
        Instant? due = node.Router.Deadline;

        node.Advance(0.5).Hear(0, Higher);

        Assert.Equal(due, node.Router.Deadline);
        Assert.Equal(
            ["(VI_1) Backup received priority 0 advertisement from 10.0.0.9, which is not the master - ignoring"], node.Log);
    }

    [Fact]
    [Rfc("9568-6.4.3-9")]
    [Rfc("3768-6.4.3-6")]
    public void Master_IsUndisturbed_AdvertisesEachIntervalAndRenewsItsLease()
    {
        RouterHarness node = new RouterHarness(Instance() with { GarpMasterDelay = TimeSpan.Zero }).StartAsMaster();

        node.Advance(2.5);

        Assert.Equal([SendAdvert, RenewLease, SendAdvert, RenewLease], node.Deeds);
        Assert.Empty(node.Log);
    }

    [Fact]
    public void Master_IsServedLate_KeepsItsSchedule()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster();
        Instant since = node.Now;

        node.Sleep(1.3);
        node.Router.OnDeadline(node.Now, node.Actions);

        Assert.Equal(since + TimeSpan.FromSeconds(2), node.Router.Deadline);
    }

    [Fact]
    public void Master_FiveSecondsIn_AnnouncesOnceMore()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster();

        node.Advance(4.9);
        Assert.DoesNotContain(AnnounceAddresses, node.Deeds);
        node.Advance(0.2);
        Assert.Contains(AnnounceAddresses, node.Deeds);
        node.Advance(20);
        Assert.DoesNotContain(AnnounceAddresses, node.Deeds);
    }

    // Found by the simulation: after a cut healed, the clients stayed with the loser when the winner spoke first.
    [Fact]
    public void MasterThatStoodUpInSilence_HearsHigherPriority_SaysALastWordSoThatTheOtherAnnounces()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Hear(150, Higher);

        Assert.Equal([LearnPeer, SendAdvert, Disarm, RemoveAddresses], node.Deeds);
        Assert.Equal(100, node.Actions.First(action => action.Kind == SendAdvert).Priority);
    }

    [Fact]
    [Rfc("9568-6.4.2-5")]
    [Rfc("3768-6.4.2-3")]
    public void Master_HearsHigherPriority_DisarmsThenRemovesAddresses()
    {
        // It took the place of a lower master that it heard all the while: nobody was cut off.
        RouterHarness node = new RouterHarness(Instance()).Start();
        while (node.State == VrrpState.Backup)
        {
            node.Advance(0.5).Hear(50, Lower);
        }

        node.Hear(150, Lower);

        Assert.Equal(VrrpState.Backup, node.State);
        Assert.Equal([Disarm, RemoveAddresses], node.Deeds);
        Assert.Equal(
            [
                "(VI_1) Master received advert from 10.0.0.1 with higher priority 150, ours 100",
                "(VI_1) removing VIPs.",
                "(VI_1) Entering BACKUP STATE (10.0.0.1 has priority 150, ours 100)",
            ],
            node.Log);
        Assert.Equal(Lower, node.Router.Instances[0].MasterAddress);
    }

    [Fact]
    public void MasterThatMustNotPreempt_HearsHigherPriority_YieldsNevertheless()
    {
        var node = new RouterHarness(Instance() with { Nopreempt = true });

        Assert.Equal(VrrpState.Backup, node.StartAsMaster().Hear(150, Lower).State);
    }

    [Fact]
    [Rfc("9568-6.4.3-11")]
    [Rfc("3768-6.4.3-8")]
    public void Master_HearsSamePriorityFromHigherAddress_Yields()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Hear(100, Higher);

        Assert.Equal(VrrpState.Backup, node.State);
        Assert.Contains(
            "(VI_1) Master received advert from 10.0.0.9 with same priority 100 but higher IP address than ours", node.Log);
    }

    [Theory]
    [InlineData(50, "10.0.0.9")]
    [InlineData(100, "10.0.0.1")]
    [Rfc("9568-6.4.3-13")]
    public void Master_HearsLowerRank_AnswersAndAnnounces(byte priority, string from)
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Advance(10).Hear(priority, IpAddress.Parse(from));

        Assert.Equal(VrrpState.Master, node.State);
        Assert.Equal([LearnPeer, SendAdvert, RenewLease, AnnounceAddresses], node.Deeds);
        Assert.Contains(AnnounceAddresses, node.Advance(5).Deeds);
    }

    [Fact]
    [Rfc("9568-6.4.3-10")]
    [Rfc("3768-6.4.3-7")]
    public void Master_HearsZeroPriority_AdvertisesAtOnce()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Advance(0.5).Hear(0, Lower);

        Assert.Equal([LearnPeer, SendAdvert, RenewLease], node.Deeds);
        Assert.Equal(["(VI_1) Master received priority 0 advertisement"], node.Log);
    }

    [Fact]
    public void Master_BecameBackup_DropsTheSecondAnnouncement()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Hear(150, Lower);

        for (int second = 0; second < 8; second++)
        {
            node.Advance(1);
            Assert.DoesNotContain(AnnounceAddresses, node.Deeds);
            node.Hear(150, Lower);
        }
    }
}
