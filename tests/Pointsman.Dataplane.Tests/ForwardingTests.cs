using System.Diagnostics;
using Pointsman.Balance;
using Pointsman.Linux.Bpf;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

[Collection(PlaneCollection.Name)]
public sealed class ForwardingTests(SharedPlane shared)
{
    private readonly TestPlane _plane = shared.Fresh();

    [Fact]
    public void NewConnection_OnePlannedServer_FrameGoesToItsMacWithTtlLess()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        var frame = new Frame { PayloadBytes = 10 };

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("forwarded", XdpAction.Tx), (outcome.Verdict, outcome.Action));
        byte[] expected = (frame with { SourceMac = TestPlane.Director, TargetMac = TestPlane.MacOf(1), Ttl = 63 }).Build();
        Assert.Equal(expected, outcome.Bytes);
    }

    // With use_vmac clients send to the virtual router's MAC address; what is forwarded comes from the network card's.
    [Theory]
    [InlineData("00:00:5e:00:01:33")]
    [InlineData("02:01:02:03:04:34")]
    public void FrameToAVirtualMac_IsForwardedFromTheCards(string mac)
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        var frame = new Frame { TargetMac = mac };

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("forwarded", XdpAction.Tx), (outcome.Verdict, outcome.Action));
        Assert.Equal((TestPlane.Director, TestPlane.MacOf(1)), (outcome.SourceMac, outcome.TargetMac));
    }

    // RFC 1624: the one's complement sum has two zeros; every TTL and every carry must come out as a fresh sum would.
    [Fact]
    public void AnyTtlAndIdentification_IsForwarded_ChecksumIsRight()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        for (int i = 2; i < 1000; i++)
        {
            byte[] frame = new Frame { Ttl = (byte)Math.Max(2, i % 256) }.Build();
            frame[18] = (byte)(i >> 2);
            frame[19] = (byte)(i * 7);
            Frame.WriteChecksum(frame.AsSpan(14, 20));
            var output = new byte[frame.Length];

            _plane.Run(frame, output);

            Assert.Equal(frame[22] - 1, output[22]);
            Assert.Equal(0xffff, Frame.Sum(output.AsSpan(14, 20)));
        }
    }

    [Fact]
    public void EstablishedConnection_PlanGetsMoreServers_StaysWithItsServer()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        byte first = _plane.Connect(40000);
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2), TestPlane.Server(3)));

        for (int i = 0; i < 5; i++)
        {
            Outcome outcome = _plane.Send(new Frame { Flags = TcpFlags.Ack });
            Assert.Equal(TestPlane.MacOf(first), outcome.TargetMac);
        }

        Assert.Equal(new Counters(1, 6, 6 * 40), _plane.Read().Totals);
    }

    [Fact]
    public void LocalServer_IsChosen_FrameGoesUpUntouched()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1, isLocal: true)));
        var frame = new Frame();

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("local", XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(frame.Build(), outcome.Bytes);
        Assert.Equal([(1, 0)], _plane.Loads());
    }

    [Fact]
    public void ServerWithoutNextHop_IsChosen_FrameIsDroppedUntilItIsKnown()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1) with { NextHop = null }));
        Outcome before = _plane.Send(new Frame());
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        Outcome after = _plane.Send(new Frame());

        Assert.Equal(("next-hop-unknown", XdpAction.Drop), (before.Verdict, before.Action));
        Assert.Equal(("forwarded", TestPlane.MacOf(1)), (after.Verdict, after.TargetMac));
    }

    [Fact]
    public void ServerChangesItsMac_NextFrameGoesToTheNewOne()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        _plane.Connect(40000);
        NextHop moved = TestPlane.Server(1).NextHop!.Value with { Target = Frame.Mac("02:00:00:00:02:99") };
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1) with { NextHop = moved }));

        Assert.Equal("02:00:00:00:02:99", _plane.Send(new Frame { Flags = TcpFlags.Ack }).TargetMac);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void TtlSpent_ClientIsTold(byte ttl)
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        var frame = new Frame { Ttl = ttl };

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("ttl-expired-told", XdpAction.Tx), (outcome.Verdict, outcome.Action));
        Told.Expect(outcome.Bytes, frame, (11, 0), 0);
    }

    [Fact]
    public void ServerBehindAnInterfaceThatIsNotThere_FrameIsDropped()
    {
        const int Nowhere = 1_000_000;
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1, interfaceIndex: Nowhere)));

        Outcome outcome = _plane.Send(new Frame());

        Assert.Equal(("redirect-failed", XdpAction.Drop), (outcome.Verdict, outcome.Action));
    }

    [Fact]
    public void ServerBehindAnotherInterface_IsRedirectedThere()
    {
        string name = $"dataplane-{Environment.ProcessId}-legs";
        Assert.Equal(0, Ip($"netns add {name}"));
        try
        {
            Assert.Equal(0, Ip($"-n {name} link add leg type veth peer name far"));
            Outcome outcome = NetworkNamespace.InNamed(name, () =>
            {
                using var routes = new RouteClient();
                int leg = routes.FindLink("leg")!.Index;
                _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1, interfaceIndex: leg)));
                return _plane.Send(new Frame());
            });

            Assert.Equal(("redirected", XdpAction.Redirect), (outcome.Verdict, outcome.Action));
            Assert.Equal(TestPlane.MacOf(1), outcome.TargetMac);
        }
        finally
        {
            Ip($"netns del {name}");
        }
    }

    [Fact]
    public void ManyFlowsAtOnce_EachFrame_GoesWhereItsFirstWent()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(5)]));
        byte Send(int port, TcpFlags flags)
        {
            byte[] frame = new Frame { SourcePort = (ushort)port, Flags = flags }.Build();
            var output = new byte[frame.Length];
            Assert.Equal(XdpAction.Tx, _plane.Run(frame, output).Action);
            return output[5];
        }

        byte[] servers = [.. Enumerable.Range(1000, 500).Select(port => Send(port, TcpFlags.Syn))];

        Assert.Equal(servers, Enumerable.Range(1000, 500).Select(port => Send(port, TcpFlags.Ack)));
        Assert.Equal(5, servers.Distinct().Count());
    }

    private static int Ip(string arguments)
    {
        using Process process = Process.Start("ip", arguments);
        process.WaitForExit();
        return process.ExitCode;
    }
}
