using Pointsman.Base;
using Pointsman.Tests;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;
using static Pointsman.Vrrp.VrrpActionKind;

namespace Pointsman.Vrrp.Tests;

public sealed class TrackingTests
{
    [Theory]
    [InlineData(100, 2, true, 102)]
    [InlineData(100, 2, false, 100)]
    [InlineData(100, -60, true, 100)]
    [InlineData(100, -60, false, 40)]
    [InlineData(100, -200, false, 1)]
    [InlineData(200, 200, true, 254)]
    [InlineData(255, -60, false, 255)]
    [Rfc("9568-5.2.4-2")]
    [Rfc("3768-5.3.4-2")]
    public void Script_HasAResult_WeighsOnThePriority(byte priority, int weight, bool isUp, byte expected)
    {
        var node = new RouterHarness(Instance(priority: priority) with { TrackScripts = [new VrrpTrack("chk", weight)] });

        node.Start().Script("chk", isUp);

        Assert.Equal(expected, node.Router.Instances[0].EffectivePriority);
    }

    [Fact]
    public void Trackers_AreSummed_BeforeTheyAreClamped()
    {
        var node = new RouterHarness(Instance(priority: 250) with
        {
            TrackScripts = [new VrrpTrack("a", 100), new VrrpTrack("b", -100)],
        });

        node.Start().Script("a", isUp: true).Script("b", isUp: false);

        Assert.Equal(250, node.Router.Instances[0].EffectivePriority);
    }

    [Fact]
    public void Script_HasNoResultYet_WeighsNothing()
    {
        var node = new RouterHarness(Instance() with { TrackScripts = [new VrrpTrack("a", 5), new VrrpTrack("b", -5)] });

        Assert.Equal(100, node.Start().Router.Instances[0].EffectivePriority);
        Assert.Equal(VrrpState.Backup, node.State);
    }

    [Fact]
    public void ResumedMaster_HasNoResultYet_CountsItsScriptsAsUp()
    {
        var node = new RouterHarness(Instance() with { TrackScripts = [new VrrpTrack("chk", 2)] });

        node.Start(true);
        Assert.Equal(102, node.Actions.First(action => action.Kind == SendAdvert).Priority);
        node.Script("chk", isUp: false);
        Assert.Equal(100, node.Router.Instances[0].EffectivePriority);
    }

    [Fact]
    public void Backup_ChangesPriority_RetimesItsTakeover()
    {
        var node = new RouterHarness(Instance() with { TrackScripts = [new VrrpTrack("chk", 50)] });
        Instant since = node.Start().Now;

        node.Advance(1).Script("chk", isUp: true);

        Assert.Equal(["(VI_1) Changing effective priority from 100 to 150"], node.Log);
        Assert.Equal(since + VrrpTimers.MasterDown(EachSecond, 150), node.Router.Deadline);
    }

    [Fact]
    public void Master_ChangesPriority_SaysSoWithItsNextAdvert()
    {
        var node = new RouterHarness(Instance() with { TrackScripts = [new VrrpTrack("chk", -30)] });

        Assert.Empty(node.StartAsMaster().Script("chk", isUp: false).Deeds);
        Assert.Equal(70, node.Advance(1).Actions.First(action => action.Kind == SendAdvert).Priority);
    }

    [Fact]
    public void MasterScriptOfWeightZero_Fails_FarewellThenRelease()
    {
        var node = new RouterHarness(Instance() with { TrackScripts = [new VrrpTrack("chk", 0)] });
        node.Start().Script("chk", isUp: true).Advance(4);

        node.Script("chk", isUp: false);

        Assert.Equal(VrrpState.Fault, node.State);
        Assert.Equal([SendAdvert, Disarm, RemoveAddresses], node.Deeds);
        Assert.Equal(0, node.Actions[0].Priority);
        Assert.Equal(
            ["(VI_1) sent 0 priority", "(VI_1) removing VIPs.", "(VI_1) Entering FAULT STATE (script chk failed)"], node.Log);
        Assert.Null(node.Router.Deadline);
    }

    [Fact]
    public void ScriptOfWeightZero_HasNoResultYet_HoldsTheInstance()
    {
        var node = new RouterHarness(Instance() with { TrackScripts = [new VrrpTrack("chk", 0)] });

        node.Start();
        Assert.Equal(VrrpState.Initialize, node.State);
        Assert.Equal(["(VI_1) waiting for the first result of script chk"], node.Log);
        Assert.Equal(VrrpState.Initialize, node.Advance(60).State);
        Assert.Equal(VrrpState.Backup, node.Script("chk", isUp: true).State);
    }

    [Fact]
    public void ScriptOfWeightZero_FirstFails_IsFaultAndRecoversToBackup()
    {
        var node = new RouterHarness(Instance() with { TrackScripts = [new VrrpTrack("chk", 0)] });

        Assert.Equal(VrrpState.Fault, node.Start().Script("chk", isUp: false).State);
        Assert.Equal(VrrpState.Backup, node.Script("chk", isUp: true).State);
        Assert.Equal(["(VI_1) Entering BACKUP STATE (fault cleared)"], node.Log);
    }

    [Fact]
    public void ResumedMaster_AwaitsAScriptOfWeightZero_IsMasterAtOnce()
    {
        var node = new RouterHarness(Instance() with { TrackScripts = [new VrrpTrack("chk", 0)] });

        Assert.Equal(VrrpState.Master, node.Start(true).State);
        Assert.Equal(VrrpState.Fault, node.Script("chk", isUp: false).State);
    }

    [Fact]
    public void Master_LosesItsLink_ReleasesWithoutSpeaking()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Link("eth0", isUp: false);

        Assert.Equal(VrrpState.Fault, node.State);
        Assert.Equal([Disarm, RemoveAddresses], node.Deeds);
        Assert.Contains("(VI_1) Entering FAULT STATE (interface eth0 down)", node.Log);
    }

    [Fact]
    public void TwoTrackedLinks_AreDownAndOneRecovers_StaysFault()
    {
        var node = new RouterHarness(Instance() with
        {
            TrackInterfaces = [new VrrpTrack("eth1", 0), new VrrpTrack("eth2", 0)],
        });

        node.Start().Link("eth1", isUp: false).Link("eth2", isUp: false).Link("eth1", isUp: true);

        Assert.Equal(VrrpState.Fault, node.State);
        Assert.Equal(VrrpState.Backup, node.Link("eth2", isUp: true).State);
    }

    [Fact]
    public void TrackedLinkWithWeight_GoesDown_LowersThePriority()
    {
        var node = new RouterHarness(Instance() with { TrackInterfaces = [new VrrpTrack("eth1", -20)] });

        node.Start().Link("eth1", isUp: false);

        Assert.Equal(VrrpState.Backup, node.State);
        Assert.Equal(80, node.Router.Instances[0].EffectivePriority);
    }

    [Fact]
    public void Master_LosesItsSourceAddress_IsFaultUntilItReturns()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().SourceAddress(default);

        Assert.Equal(VrrpState.Fault, node.State);
        Assert.Equal([Disarm, RemoveAddresses], node.Deeds);
        Assert.Contains("(VI_1) Entering FAULT STATE (no IPv4 address on interface eth0)", node.Log);
        Assert.Equal(VrrpState.Backup, node.SourceAddress(Own).State);
    }

    [Fact]
    public void Fault_HearsAnAdvert_IsDeaf()
    {
        RouterHarness node = new RouterHarness(Instance()).Start().Link("eth0", isUp: false).Hear(50, Lower);

        Assert.Empty(node.Actions);
        Assert.Equal(1, node.Router.Instances[0].Counters.Discarded(VrrpDiscardReason.NotListening));
    }
}
