using Pointsman.Tests;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;
using static Pointsman.Vrrp.VrrpActionKind;

namespace Pointsman.Vrrp.Tests;

public sealed class StopTests
{
    [Fact]
    [Rfc("9568-5.2.4-3")]
    [Rfc("9568-6.4.3-8")]
    [Rfc("3768-5.3.4-3")]
    [Rfc("3768-6.4.3-5")]
    public void Master_IsStopped_SaysFarewellAndServesOn()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Stop();

        Assert.Equal(VrrpState.Leaving, node.State);
        Assert.True(node.Router.Instances[0].HoldsAddresses);
        Assert.False(node.Router.IsStopped);
        Assert.Equal([SendAdvert, RenewLease], node.Deeds);
        Assert.Equal(0, node.Actions[0].Priority);
        Assert.Equal(
            [
                "(VI_1) sent 0 priority",
                "(VI_1) Entering LEAVING STATE (stopping: serving until a successor is heard)",
            ],
            node.Log);
    }

    [Fact]
    public void Leaving_HearsItsSuccessor_ReleasesAtOnce()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Stop().Advance(0.6).Hear(50, Lower);

        Assert.Equal([LearnPeer, Disarm, RemoveAddresses], node.Deeds);
        Assert.True(node.Router.IsStopped);
        Assert.Null(node.Router.Deadline);
        Assert.Contains("(VI_1) Entering INIT STATE (stopped: 10.0.0.1 took over with priority 50)", node.Log);
    }

    [Fact]
    public void Leaving_HearsAnotherFarewell_ServesOn()
    {
        Assert.Equal(VrrpState.Leaving, new RouterHarness(Instance()).StartAsMaster().Stop().Hear(0, Lower).State);
    }

    [Fact]
    public void Leaving_HearsNobody_SpeaksNoMoreAndReleasesAfterTheLongestSkewTime()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Stop();

        Assert.Empty(node.Advance(VrrpTimers.Skew(EachSecond, 1)).Actions);
        node.Advance(0.2);

        Assert.Equal([Disarm, RemoveAddresses], node.Deeds);
        Assert.True(node.Router.IsStopped);
        Assert.Contains("(VI_1) Entering INIT STATE (stopped: no successor heard)", node.Log);
    }

    [Fact]
    public void Leaving_FarewellTime_IsCoveredByOneLease()
    {
        Assert.True(VrrpTimers.Farewell(EachSecond) < VrrpTimers.Lease(EachSecond));
        Assert.True(VrrpTimers.Farewell(EachSecond) > VrrpTimers.Skew(EachSecond, 1));
    }

    // Found by the simulation (seeds 34 and 122): struck down while leaving, it held a whole lease beside its successor.
    [Fact]
    public void Leaving_Lease_LastsAsLongAsTheFarewell()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster();
        Assert.Equal(VrrpTimers.Lease(EachSecond), node.Router.Instances[0].LeaseTime);

        Assert.Equal(VrrpTimers.Farewell(EachSecond), node.Stop().Router.Instances[0].LeaseTime);
    }

    [Fact]
    public void Leaving_LosesItsLink_ReleasesAtOnce()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Stop().Link("eth0", isUp: false);

        Assert.Equal([Disarm, RemoveAddresses], node.Deeds);
        Assert.True(node.Router.IsStopped);
    }

    [Fact]
    public void Leaving_IsStoppedAgain_ReleasesAtOnce()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Stop().Stop();

        Assert.Equal([Disarm, RemoveAddresses], node.Deeds);
        Assert.True(node.Router.IsStopped);
    }

    [Fact]
    [Rfc("9568-6.4.2-12")]
    public void Backup_IsStopped_IsStoppedSilently()
    {
        RouterHarness node = new RouterHarness(Instance()).Start().Stop();

        Assert.Empty(node.Deeds);
        Assert.True(node.Router.IsStopped);
    }

    [Fact]
    public void Stopped_IsStartedAgain_RunsForMastershipAgain()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Stop().Advance(2);

        Assert.Equal(VrrpState.Master, node.StartAsMaster().State);
    }

    [Fact]
    public void Master_IsStoppedAfterOversleeping_GoesWithoutFarewell()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Sleep(3).Stop();

        Assert.Equal([Disarm, RemoveAddresses], node.Deeds);
        Assert.True(node.Router.IsStopped);
    }
}
