using Pointsman.Balance;

namespace Pointsman.Dataplane.Tests;

[Collection(PlaneCollection.Name)]
public sealed class SchedulingTests(SharedPlane shared)
{
    private readonly TestPlane _plane = shared.Fresh();

    [Fact]
    public void Rr_ThreeServers_GoesRoundNewestFirst()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2), TestPlane.Server(3)));

        Assert.Equal("321321", Order(6));
    }

    [Fact]
    public void Wrr_WeightsThreeTwoOne_IsInterleaved()
    {
        _plane.Apply(TestPlane.Service(
            SchedulerKind.Wrr, TestPlane.Server(1, weight: 3), TestPlane.Server(2, weight: 2), TestPlane.Server(3)));

        // A fresh service of IPVS begins with one each; then the level falls from 3 to 1, newest first within a level.
        Assert.Equal("321121321121", Order(12));
    }

    [Fact]
    public void Lc_OneServerHasMore_TheOthersCatchUp()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Lc, TestPlane.Server(1)));
        Order(3);
        _plane.Apply(TestPlane.Service(SchedulerKind.Lc, TestPlane.Server(1), TestPlane.Server(2)));

        Assert.Equal("22221", Order(5, firstPort: 2000));
        Assert.Equal([(4, 0), (4, 0)], _plane.Loads());
    }

    [Fact]
    public void Wlc_WeightsThreeAndOne_LoadFollowsTheWeights()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Wlc, TestPlane.Server(1, weight: 3), TestPlane.Server(2)));

        Order(40);

        Assert.Equal([(30, 0), (10, 0)], _plane.Loads());
    }

    // More than one connection compares: each looks at the next stretch of them.
    [Fact]
    public void Lc_MoreServersThanAreComparedAtOnce_LoadStaysEven()
    {
        const int Count = 600;
        _plane.Apply(TestPlane.Service(SchedulerKind.Lc, [.. Enumerable.Range(1, Count).Select(i => TestPlane.Server(1) with
        {
            Address = new Base.TransportEndpoint(Base.IpAddress.FromV4Bits(0x0b000000 + (uint)i), 80),
        })]));

        for (int i = 0; i < 5 * Count; i++)
        {
            _plane.Run(new Frame { SourcePort = (ushort)(1000 + i) }.Build(), new byte[60]);
        }

        Assert.All(_plane.Loads(), load => Assert.InRange(load.Active, 3, 7));
    }

    [Fact]
    public void WeightZero_NewConnections_GoElsewhere_OldOnesStay()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        _plane.Connect(1000);
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1, weight: 0), TestPlane.Server(2)));

        Assert.Equal("222", Order(3, firstPort: 2000));
        Assert.Equal(TestPlane.MacOf(1), _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack }).TargetMac);
    }

    private string Order(int count, ushort firstPort = 1000) => string.Concat(
        Enumerable.Range(firstPort, count).Select(port => _plane.Connect((ushort)port)));
}
