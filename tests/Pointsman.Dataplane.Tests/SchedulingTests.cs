using Pointsman.Balance;

namespace Pointsman.Dataplane.Tests;

public sealed class SchedulingTests
{
    [Fact]
    public void Rr_ThreeServers_GoesRoundNewestFirst()
    {
        using var plane = new TestPlane();
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2), TestPlane.Server(3)));

        Assert.Equal("321321", Order(plane, 6));
    }

    [Fact]
    public void Wrr_WeightsThreeTwoOne_IsInterleaved()
    {
        using var plane = new TestPlane();
        plane.Apply(TestPlane.Service(
            SchedulerKind.Wrr, TestPlane.Server(1, weight: 3), TestPlane.Server(2, weight: 2), TestPlane.Server(3)));

        // A fresh service of IPVS begins with one each; then the level falls from 3 to 1, newest first within a level.
        Assert.Equal("321121321121", Order(plane, 12));
    }

    [Fact]
    public void Lc_OneServerHasMore_TheOthersCatchUp()
    {
        using var plane = new TestPlane();
        plane.Apply(TestPlane.Service(SchedulerKind.Lc, TestPlane.Server(1)));
        Order(plane, 3);
        plane.Apply(TestPlane.Service(SchedulerKind.Lc, TestPlane.Server(1), TestPlane.Server(2)));

        Assert.Equal("22221", Order(plane, 5, firstPort: 2000));
        Assert.Equal([(4, 0), (4, 0)], plane.Loads());
    }

    [Fact]
    public void Wlc_WeightsThreeAndOne_LoadFollowsTheWeights()
    {
        using var plane = new TestPlane();
        plane.Apply(TestPlane.Service(SchedulerKind.Wlc, TestPlane.Server(1, weight: 3), TestPlane.Server(2)));

        Order(plane, 40);

        Assert.Equal([(30, 0), (10, 0)], plane.Loads());
    }

    [Fact]
    public void WeightZero_NewConnections_GoElsewhere_OldOnesStay()
    {
        using var plane = new TestPlane();
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        plane.Connect(1000);
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1, weight: 0), TestPlane.Server(2)));

        Assert.Equal("222", Order(plane, 3, firstPort: 2000));
        Assert.Equal(TestPlane.MacOf(1), plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack }).TargetMac);
    }

    private static string Order(TestPlane plane, int count, ushort firstPort = 1000) => string.Concat(
        Enumerable.Range(firstPort, count).Select(port => plane.Connect((ushort)port)));
}
