using Pointsman.Base;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;
using static Pointsman.Vrrp.VrrpActionKind;

namespace Pointsman.Vrrp.Tests;

/// <summary>What operators can choose of an instance's behaviour, as keepalived has it.</summary>
public sealed class BehaviourTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // ---- preempt_delay

    [Fact]
    public void PreemptDelay_LowerMasterLives_IsLeftInPeaceUntilTheDelayIsOver()
    {
        var node = new RouterHarness(Instance() with { PreemptDelay = 20 * Second });
        node.Start();

        Assert.Contains("(VI_1) start preempt delay (20 s): 10.0.0.1 is master with lower priority 50, ours 100", node.Hear(50, Lower).Log);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(VrrpState.Backup, node.Advance(1).Hear(50, Lower).State);
        }

        Assert.Contains("(VI_1) received lower priority (50) advert from 10.0.0.1 - discarding", node.Log);
        Assert.Equal(VrrpState.Master, node.Advance(4).State);
    }

    [Fact]
    public void PreemptDelay_NobodyIsHeard_DoesNotApply() =>
        Assert.Equal(VrrpState.Master, new RouterHarness(Instance() with { PreemptDelay = 1000 * Second }).StartAsMaster().State);

    [Fact]
    public void PreemptDelay_HigherMasterComesBetween_BeginsAnew()
    {
        var node = new RouterHarness(Instance() with { PreemptDelay = 5 * Second });
        node.Start().Hear(50, Lower).Advance(3).Hear(200, Higher).Advance(3);

        Assert.Contains("start preempt delay", string.Concat(node.Hear(50, Lower).Log), StringComparison.Ordinal);
    }

    // ---- dont_track_primary, startup and link delays

    [Fact]
    public void IgnoresOwnLink_LinkGoesDown_StaysMaster() =>
        Assert.Equal(
            VrrpState.Master,
            new RouterHarness(Instance() with { IgnoresOwnLink = true }).StartAsMaster().Link("eth0", isUp: false).State);

    [Fact]
    public void StartupDelay_NothingIsHeard_AndNobodyStandsUp()
    {
        var node = new RouterHarness(new VrrpRouterSettings { Instances = [Instance()], StartupDelay = 10 * Second });
        node.Start();

        node.Hear(50, Lower);
        Assert.Equal(1, node.Router.Instances[0].Counters.Discarded(VrrpDiscardReason.NotListening));
        Assert.Equal(VrrpState.Backup, node.Advance(13).State);
        Assert.Equal(VrrpState.Master, node.Advance(1).State);
    }

    [Fact]
    public void StartupDelay_OwnerAndResumed_OnlyTheResumedIsMasterAtOnce()
    {
        var settings = new VrrpRouterSettings
        {
            Instances = [Instance() with { Priority = 255, StartsAsMaster = true }], StartupDelay = 10 * Second,
        };

        Assert.Equal(VrrpState.Backup, new RouterHarness(settings).Start().State);
        Assert.Equal(VrrpState.Master, new RouterHarness(settings).Start(true).State);
    }

    [Fact]
    public void LinkDelay_ShortFlap_IsNotNoticed()
    {
        RouterHarness node = WithLinkDelay().StartAsMaster();

        Assert.Equal(VrrpState.Master, node.Link("eth0", isUp: false).Advance(1.5).State);
        Assert.Equal(VrrpState.Master, node.Link("eth0", isUp: true).Advance(5).State);
    }

    [Fact]
    public void LinkDelay_LastingLoss_CountsAfterTheDelay_AndSoDoesItsReturn()
    {
        RouterHarness node = WithLinkDelay().StartAsMaster().Link("eth0", isUp: false);

        Assert.Equal(VrrpState.Fault, node.Advance(2).State);
        Assert.Equal(VrrpState.Fault, node.Link("eth0", isUp: true).Advance(2.9).State);
        Assert.Equal(VrrpState.Backup, node.Advance(0.2).State);
    }

    [Fact]
    public void LinkDelay_LinkIsDownAtTheStart_IsFaultAtOnce()
    {
        RouterHarness node = WithLinkDelay();
        node.Link("eth0", isUp: false);

        Assert.Equal(VrrpState.Fault, node.Start().State);
    }

    // ---- weights

    [Theory]
    [InlineData(10, false, true, 110)]
    [InlineData(10, false, false, 100)]
    [InlineData(10, true, true, 90)]
    [InlineData(-10, false, false, 90)]
    [InlineData(-10, true, false, 110)]
    [InlineData(-10, true, true, 100)]
    public void Script_WithWeight_MovesThePriority(int weight, bool reverse, bool isUp, byte expected)
    {
        var node = new RouterHarness(Instance() with { TrackScripts = [new VrrpTrack("chk", weight) { Reverse = reverse }] });

        Assert.Equal(expected, node.Start().Script("chk", isUp).Router.Instances[0].EffectivePriority);
    }

    [Fact]
    public void ReversedScriptOfWeightZero_Succeeds_IsFault()
    {
        var node = new RouterHarness(Instance() with { TrackScripts = [new VrrpTrack("chk", 0) { Reverse = true }] });

        Assert.Equal(VrrpState.Fault, node.Start().Script("chk", isUp: true).State);
        Assert.Equal(VrrpState.Backup, node.Script("chk", isUp: false).State);
    }

    [Theory]
    [InlineData(1, false, 20, 120)]
    [InlineData(2, false, -20, 60)]
    [InlineData(2, true, -20, 140)]
    [InlineData(1, false, -253, 1)]
    [InlineData(1, false, 1000, 254)]
    public void File_WithWeight_AddsItsNumberTimesTheWeight(int weight, bool reverse, int number, byte expected)
    {
        RouterHarness node = WithFile(weight, reverse).Start();

        Assert.Equal(expected, File(node, number).Router.Instances[0].EffectivePriority);
        Assert.Equal(VrrpState.Backup, node.State);
    }

    [Theory]
    [InlineData(1, false, -254)]
    [InlineData(100, false, -3)]
    [InlineData(0, false, 7)]
    [InlineData(100, true, int.MaxValue)]
    public void File_FarBelow_IsFaultUntilItIsBetter(int weight, bool reverse, int number)
    {
        RouterHarness node = WithFile(weight, reverse).Start();

        Assert.Equal(VrrpState.Fault, File(node, number).State);
        Assert.Contains("(VI_1) Entering FAULT STATE (file f says fault)", node.Log);
        Assert.Equal(100, node.Router.Instances[0].EffectivePriority);
        Assert.Equal(VrrpState.Backup, File(node, 0).State);
    }

    [Fact]
    public void Process_OfWeightZero_IsMissing_IsFault()
    {
        var node = new RouterHarness(Instance() with { TrackProcesses = [new VrrpTrack("nginx", 0)] });
        node.Start();

        node.Router.OnProcess(node.Now, "nginx", isUp: false, node.Actions);

        Assert.Contains("(VI_1) Entering FAULT STATE (process nginx missing)", node.Log);
    }

    [Fact]
    public void Path_OfWeightZero_IsWaitedForAndItsLossIsFault()
    {
        var node = new RouterHarness(Instance() with { TrackPaths = [new VrrpTrack("core", 0)] });
        node.Start();
        node.Advance(TimeSpan.FromSeconds(10));
        Assert.NotEqual(VrrpState.Master, node.Router.Instances[0].State);

        node.Router.OnPath(node.Now, "core", isUp: true, node.Actions);
        node.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(VrrpState.Master, node.Router.Instances[0].State);

        node.Router.OnPath(node.Now, "core", isUp: false, node.Actions);
        Assert.Contains("(VI_1) Entering FAULT STATE (BFD core down)", node.Log);
    }

    [Theory]
    [InlineData(10, false, 110, 100)]
    [InlineData(-10, false, 100, 90)]
    [InlineData(10, true, 90, 100)]
    public void Path_WithAWeight_MovesThePriority(int weight, bool reverse, byte whileUp, byte whileDown)
    {
        var node = new RouterHarness(Instance() with { TrackPaths = [new VrrpTrack("core", weight) { Reverse = reverse }] });
        node.Start();
        node.Router.OnPath(node.Now, "core", isUp: true, node.Actions);
        Assert.Equal(whileUp, node.Router.Instances[0].EffectivePriority);
        node.Router.OnPath(node.Now, "core", isUp: false, node.Actions);
        Assert.Equal(whileDown, node.Router.Instances[0].EffectivePriority);
    }

    [Fact]
    public void GroupWhoseWeightsCount_ScriptFails_MovesTheMembersPriority()
    {
        VrrpInstanceSettings member = Instance() with { TrackScripts = [new VrrpTrack("chk", -30)] };
        VrrpRouterSettings settings = Group(member, Instance("VI_2"));

        Assert.Equal(100, Priority(settings));
        Assert.Equal(70, Priority(settings with { SyncGroups = [settings.SyncGroups[0] with { WeightsCount = true }] }));

        static byte Priority(VrrpRouterSettings settings) =>
            new RouterHarness(settings).Start().Script("chk", isUp: false).Router.Instances[0].EffectivePriority;
    }

    // ---- announcements and answers

    [Fact]
    public void GarpMasterRefresh_AnnouncesAgainAndAgain()
    {
        RouterHarness node = new RouterHarness(Instance() with
        {
            GarpMasterRefresh = 10 * Second, GarpMasterRefreshRepeat = 2, GarpMasterDelay = TimeSpan.Zero,
        }).StartAsMaster();

        node.Advance(35);

        Assert.Equal([2, 2, 2], node.Actions.Where(action => action.Kind == AnnounceAddresses).Select(action => action.Repeat));
    }

    [Fact]
    public void LowerPriorityHeard_AnnouncesAsOftenAndLateAsAskedFor()
    {
        RouterHarness node = new RouterHarness(Instance() with
        {
            GarpMasterDelay = TimeSpan.Zero, GarpLowerPriorityRepeat = 3, GarpLowerPriorityDelay = 2 * Second,
        }).StartAsMaster();

        Assert.Equal(3, Assert.Single(node.Hear(50, Lower).Actions, action => action.Kind == AnnounceAddresses).Repeat);
        Assert.DoesNotContain(AnnounceAddresses, node.Advance(1.9).Deeds);
        Assert.Equal(3, Assert.Single(node.Advance(0.2).Actions, action => action.Kind == AnnounceAddresses).Repeat);
    }

    [Fact]
    public void LowerPriorityRepeatOfZero_AnswersWithoutAnnouncing()
    {
        RouterHarness node = new RouterHarness(Instance() with { GarpLowerPriorityRepeat = 0 }).StartAsMaster();
        node.Advance(10);

        Assert.Equal([LearnPeer, SendAdvert, RenewLease], node.Hear(50, Lower).Deeds);
    }

    [Fact]
    public void KeepsSilentToLower_LowerIsHeard_OnlyAnnounces()
    {
        RouterHarness node = new RouterHarness(Instance() with { KeepsSilentToLower = true }).StartAsMaster();
        node.Advance(10);

        Assert.Equal([LearnPeer, AnnounceAddresses], node.Hear(50, Lower).Deeds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MasterThatHadHeardOthers_Yields_SaysALastWordOnlyWhereAskedFor(bool always)
    {
        var node = new RouterHarness(Instance() with { AlwaysSaysLastWord = always });
        node.Start().Hear(0, Lower).Advance(0.7);
        Assert.Equal(VrrpState.Master, node.State);

        Assert.Equal(always, node.Hear(200, Higher).Deeds.Contains(SendAdvert));
    }

    private static RouterHarness WithLinkDelay() => new(new VrrpRouterSettings
    {
        Instances = [Instance()], LinkDelays = [new VrrpLinkDelay("eth0", Down: 2 * Second, Up: 3 * Second)],
    });

    private static RouterHarness WithFile(int weight, bool reverse) =>
        new(Instance() with { TrackFiles = [new VrrpTrack("f", weight) { Reverse = reverse }] });

    private static RouterHarness File(RouterHarness node, int number)
    {
        node.Actions.Clear();
        node.Router.OnFile(node.Now, "f", number, node.Actions);
        return node;
    }
}
