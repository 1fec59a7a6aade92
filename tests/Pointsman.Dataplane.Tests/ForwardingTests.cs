using Pointsman.Balance;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

public sealed class ForwardingTests
{
    [Fact]
    public void NewConnection_OnePlannedServer_FrameGoesToItsMacWithTtlLess()
    {
        using var plane = new TestPlane();
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        var frame = new Frame { PayloadBytes = 10 };

        Outcome outcome = plane.Send(frame);

        Assert.Equal(("forwarded", XdpAction.Tx), (outcome.Verdict, outcome.Action));
        byte[] expected = (frame with { SourceMac = TestPlane.Director, TargetMac = TestPlane.MacOf(1), Ttl = 63 }).Build();
        Assert.Equal(expected, outcome.Bytes);
    }

    [Fact]
    public void EstablishedConnection_PlanGetsMoreServers_StaysWithItsServer()
    {
        using var plane = new TestPlane();
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        byte first = plane.Connect(40000);
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2), TestPlane.Server(3)));

        for (int i = 0; i < 5; i++)
        {
            Outcome outcome = plane.Send(new Frame { Flags = TcpFlags.Ack });
            Assert.Equal(TestPlane.MacOf(first), outcome.TargetMac);
        }

        Assert.Equal(1, plane.Read().Totals.Connections);
        Assert.Equal(6, plane.Read().Totals.PacketsIn);
        Assert.Equal(6 * 40, plane.Read().Totals.BytesIn);
    }

    [Fact]
    public void LocalServer_IsChosen_FrameGoesUpUntouched()
    {
        using var plane = new TestPlane();
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1, isLocal: true)));
        var frame = new Frame();

        Outcome outcome = plane.Send(frame);

        Assert.Equal(("local", XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(frame.Build(), outcome.Bytes);
    }

    [Fact]
    public void Restart_EstablishedConnection_IsAdoptedAndForwardedOn()
    {
        using var plane = new TestPlane();
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2)));
        byte chosen = plane.Connect(40000);
        plane.Send(new Frame { Flags = TcpFlags.Ack });

        plane.Restart();

        Assert.True(plane.Plane.Adopted);
        Assert.Equal(TestPlane.MacOf(chosen), plane.Send(new Frame { Flags = TcpFlags.Ack }).TargetMac);
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2)));
        Assert.Equal(TestPlane.MacOf(chosen), plane.Send(new Frame { Flags = TcpFlags.Ack }).TargetMac);
        Assert.Equal(1, plane.Plane.ReadSnapshot().Connections);
    }

    [Fact]
    public void Purge_NothingIsLeft()
    {
        using var plane = new TestPlane();
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));

        plane.Plane.Purge();

        Assert.False(Directory.Exists(plane.Pins));
        Assert.Null(XdpDataplaneReader.TryOpen(plane.Pins));
    }
}
