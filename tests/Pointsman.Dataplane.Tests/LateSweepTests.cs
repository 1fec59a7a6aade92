using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>No control process retires what is over: the packets of new connections do (bpf/sweep.h), and commands that list.</summary>
public sealed class LateSweepTests : IDisposable
{
    private const byte Tcp = 6;
    private const int Most = 100;
    private const ushort FirstPort = 1000;

    /// <summary>Longer than a control process is waited for.</summary>
    private static readonly TimeSpan s_longAgo = TimeSpan.FromSeconds(PmLimit.LateSeconds + 1);

    private readonly TestPlane _plane = new();

    public void Dispose() => _plane.Dispose();

    [Fact]
    public void AllServersAreFull_OfConnectionsThatAreOver_TheNextClientIsServed()
    {
        _plane.Apply(Bounded());
        Fill();
        Assert.Equal("no-server-refused", Begin(1).Verdict);

        _plane.ExpireAll();
        _plane.StopSweeping(s_longAgo);

        Assert.Equal("forwarded", Begin(2).Verdict);
        Assert.Equal([(1, 0)], _plane.Loads());
    }

    [Fact]
    public void SomeoneSwept_AMomentAgo_PacketsRetireNothing()
    {
        _plane.Apply(Bounded());
        Fill();
        _plane.ExpireAll();
        _plane.StopSweeping(TimeSpan.FromSeconds(PmLimit.LateSeconds - 2));

        Assert.Equal("no-server-refused", Begin(1).Verdict);
        Assert.Equal([(Most, 0)], _plane.Loads());
    }

    // A sweep writes down its time, and that is all that packets ask.
    [Fact]
    public void ControlBeginsAgain_PacketsLeaveItToIt()
    {
        _plane.Apply(Bounded());
        _plane.StopSweeping(s_longAgo);
        _plane.Plane.Sweep(TimeSpan.FromMinutes(1));
        Fill();
        _plane.ExpireAll();

        Assert.Equal("no-server-refused", Begin(1).Verdict);
        Assert.Equal([(Most, 0)], _plane.Loads());
    }

    [Fact]
    public void PacketsOfKnownConnections_RetireNothing()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        Fill();
        ExpireBut(FirstPort);
        _plane.StopSweeping(s_longAgo);

        Assert.Equal("forwarded", _plane.Send(new Frame { SourcePort = FirstPort, Flags = TcpFlags.Ack }).Verdict);
        Assert.Equal([(Most, 0)], _plane.Loads());
    }

    // The table has a million places, and a packet looks at a few of them; they come round, and then again.
    [Fact]
    public void LargeTable_ManyPacketsShareAPass()
    {
        using var large = new TestPlane(connectionCapacity: 1 << 20);
        large.Apply(Bounded());
        for (int round = 0; round < 2; round++)
        {
            large.KeepSwept();
            for (ushort port = FirstPort; port < FirstPort + Most; port++)
            {
                large.Run(new Frame { SourcePort = port }.Build(), new byte[60]);
            }

            large.ExpireAll();
            large.StopSweeping(s_longAgo);
            byte[] refused = new Frame { SourcePort = 1, Flags = TcpFlags.Ack }.Build();
            large.Run(refused, new byte[60]);
            Assert.NotEqual(0, large.Read().Servers[0].Active);

            int packets = 1;
            while (large.Read().Servers[0].Active != 0)
            {
                large.Run(refused, new byte[60]);
                Assert.True(++packets < 20_000, "a pass of the table never ended");
            }
        }
    }

    [Theory]
    [InlineData(SchedulerKind.Wlc)]
    [InlineData(SchedulerKind.Lc)]
    [InlineData(SchedulerKind.Sed)]
    [InlineData(SchedulerKind.Nq)]
    public void SchedulerCompares_ConnectionsThatAreOver_CountForNothing(SchedulerKind scheduler)
    {
        _plane.Apply(TestPlane.Service(scheduler, TestPlane.Server(1), TestPlane.Server(2, weight: 0)));
        Fill();
        _plane.Apply(TestPlane.Service(scheduler, TestPlane.Server(1, weight: 0), TestPlane.Server(2)));
        Connect(5, from: 5000);
        ExpireBut(5000, 5001, 5002, 5003, 5004);
        _plane.Apply(TestPlane.Service(scheduler, [.. TestPlane.Servers(2)]));
        Assert.Equal([(Most, 0), (5, 0)], _plane.Loads());
        _plane.StopSweeping(s_longAgo);

        string chosen = string.Concat(Enumerable.Range(6000, 5).Select(port => _plane.Connect((ushort)port)));

        Assert.Equal("11111", chosen);
        Assert.Equal([(5, 0), (5, 0)], _plane.Loads());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TemplatesConnectionsAreOver_ItIsLetGoOf(bool isV6)
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]) with { Persistence = TimeSpan.FromMinutes(5) };
        _plane.Apply(isV6 ? TestPlane.Six(service) : service);
        Frame client = isV6 ? new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6 } : new Frame { Source = "203.0.113.5" };
        for (ushort port = FirstPort; port < FirstPort + 10; port++)
        {
            _plane.Send(client with { SourcePort = port });
        }

        Assert.Equal([10], References());
        _plane.ExpireAll();
        _plane.StopSweeping(s_longAgo);
        _plane.Send(client with { Source = isV6 ? "2001:db8:c::6" : "203.0.113.6" });

        // The other client's has one.
        Assert.Equal([0, 1], References());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FullNatConnectionsAreOver_TheirPortsAreLetGoOf(bool isV6)
    {
        PlannedService plain = TestPlane.Service(SchedulerKind.Rr, NatTests.Server(1));
        _plane.Apply((isV6 ? TestPlane.Six(plain) : plain) with
        {
            LocalAddresses = [new LocalAddress(IpAddress.Parse(isV6 ? "2001:db8:f::1" : "198.51.100.1"), null)],
        });
        Frame client = isV6 ? new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6 } : new Frame();
        for (ushort port = FirstPort; port < FirstPort + 50; port++)
        {
            Assert.Equal("forwarded", _plane.Send(client with { SourcePort = port }).Verdict);
        }

        Assert.Equal((50, 50), Guises());
        _plane.ExpireAll();
        _plane.StopSweeping(s_longAgo);
        _plane.Send(client with { SourcePort = 9 });

        Assert.Equal((1, 1), Guises());
    }

    // By each of the ways that lead there.
    [Theory]
    [InlineData(Tcp, false, false)]
    [InlineData(Tcp, true, false)]
    [InlineData(Frame.Udp, false, false)]
    [InlineData(Frame.Udp, true, false)]
    [InlineData(Tcp, false, true)]
    [InlineData(Tcp, true, true)]
    public void AnyPacketWithoutAnEntry_Sweeps(byte protocol, bool isV6, bool isMarked)
    {
        const uint Mark = 9;
        PlannedService full = TestPlane.Service(SchedulerKind.Wlc, TestPlane.Server(1));
        PlannedService service = isV6 ? TestPlane.Six(full) : full;
        _plane.Apply(
            full with { Key = full.Key with { Address = full.Key.Address with { Port = 81 } } },
            service with
            {
                Key = isMarked
                    ? ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, isV6 ? IpFamily.V6 : IpFamily.V4))
                    : service.Key with { Protocol = (TransportProtocol)protocol },
            });
        Connect(Most, FirstPort, target: 81);
        _plane.ExpireAll();
        _plane.StopSweeping(s_longAgo);
        Frame frame = isV6 ? new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6 } : new Frame();
        frame = frame with { Protocol = protocol };

        Assert.Equal("forwarded", isMarked ? _plane.SendMarked(frame, Mark).Verdict : _plane.Send(frame).Verdict);

        Assert.Equal(1, _plane.Plane.ReadSnapshot().Connections);
    }

    [Fact]
    public void CommandLists_WithoutADaemon_CountsAreExact()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)) with { Persistence = TimeSpan.FromMinutes(5) });
        Fill();
        ExpireBut(FirstPort, FirstPort + 1);
        _plane.WithTables(tables =>
        {
            foreach ((PmTemplateKey key, PmTemplate template) in TableReader.Templates(tables))
            {
                tables.Templates.Update(key, template with { Expiry = (uint)tables.NowTicks() - 1 });
            }
        });
        using XdpDataplaneReader reader = XdpDataplaneReader.TryOpen(_plane.Pins)!;

        // A daemon that sweeps: there is no need to.
        reader.CatchUp();
        Assert.Equal(Most, reader.ReadSnapshot().Connections);

        _plane.StopSweeping(s_longAgo);
        reader.CatchUp();
        Assert.Equal(2, reader.ReadSnapshot().Connections);
        Assert.Equal([(2, 0)], _plane.Loads());
        Assert.Equal([2], References());

        _plane.ExpireAll();
        reader.CatchUp();
        Assert.Equal([(0, 0)], _plane.Loads());
        Assert.Empty(References());
    }

    private static PlannedService Bounded() =>
        TestPlane.Service(SchedulerKind.Wlc, TestPlane.Server(1) with { UpperThreshold = Most });

    private void Fill() => Connect(Most, FirstPort);

    private void Connect(int count, ushort from, ushort target = 80)
    {
        for (int port = from; port < from + count; port++)
        {
            _plane.Run(new Frame { SourcePort = (ushort)port, TargetPort = target }.Build(), new byte[60]);
        }
    }

    private Outcome Begin(ushort port) => _plane.Send(new Frame { SourcePort = port });

    private void ExpireBut(params int[] ports) => _plane.WithTables(tables =>
    {
        foreach (ref PmFlow flow in tables.Flows.Span)
        {
            if (!ports.Contains(flow.Sport.Value))
            {
                flow.Expiry = (uint)tables.NowTicks() - 1;
            }
        }
    });

    private ImmutableArray<int> References()
    {
        ImmutableArray<int> found = [];
        _plane.WithTables(tables => found = [.. TableReader.Templates(tables).Select(pair => (int)pair.Template.Refs).Order()]);
        return found;
    }

    private (int Guises, int Wearers) Guises()
    {
        (int, int) found = default;
        _plane.WithTables(tables => found = (
            tables.Guises.ReadRaw(tables.Guises.ValueSizeBytes).Count(), tables.Wearers.ReadRaw(tables.Wearers.ValueSizeBytes).Count()));
        return found;
    }
}
