using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>A version whose records lie otherwise takes the tables of the former one over, connections first of all.</summary>
public sealed class UpgradeTests : IDisposable
{
    private const int Count = 60;

    private readonly TestPlane _plane = new();

    [Fact]
    public void ToAnotherLayoutAndBack_EveryConnectionKeepsItsServer()
    {
        byte[] servers = Connect();
        DataplaneSnapshot before = _plane.Plane.ReadSnapshot();
        PinPaths ours = new(_plane.Pins);
        PinPaths other = OtherLayout.Load(ours);

        FormerTables.TryOpen(ours)!.CopyTo(other);
        using (BpfProgram program = BpfProgram.TryOpen(other.Of(Names.XdpProgram))!)
        {
            for (int i = 0; i < Count; i++)
            {
                Assert.Equal((XdpAction.Tx, servers[i]), Send(program, Ack(i)));
            }
        }

        Directory.Delete(ours.Version, recursive: true);
        _plane.Restart();

        Assert.True(_plane.Plane.Adopted);
        Assert.Equal(
            $"took over {Count} connections from the data path of another version, 0 of them while it was replaced", Assert.Single(_plane.Plane.Notes));
        Assert.False(Directory.Exists(other.Version));
        DataplaneSnapshot after = _plane.Plane.ReadSnapshot();
        Assert.Equal(before.Services[0].Key, after.Services[0].Key);
        Assert.Equal(before.Services[0].Persistence, after.Services[0].Persistence);
        Assert.Equal(
            before.Services[0].Servers.Select(server => (server.Address, server.Weight, server.Active, server.PersistentConnections, server.UpperThreshold)),
            after.Services[0].Servers.Select(server => (server.Address, server.Weight, server.Active, server.PersistentConnections, server.UpperThreshold)));
        Assert.Equal(before.Services[0].Totals.Connections, after.Services[0].Totals.Connections);
        Assert.Equal(before.Verdicts["forwarded"] + Count, after.Verdicts["forwarded"]);
        Assert.True(_plane.Plane.Leases.Read(TestPlane.Lease).IsArmed);
        for (int i = 0; i < Count; i++)
        {
            Outcome outcome = _plane.Send(Ack(i));
            Assert.Equal(("forwarded", servers[i]), (outcome.Verdict, outcome.Bytes[5]));
        }

        _plane.Apply(Service());
        Assert.Equal("forwarded", _plane.Send(Ack(0)).Verdict);
    }

    [Fact]
    public void LocalitySet_GoesAlong_AndStatesThatAreNewHaveTheirTimes()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Lblcr, [.. TestPlane.Servers(3)]));
        byte server = _plane.Connect(1000);
        PmSet before = Set();
        Assert.Equal(1u, before.Count);
        PinPaths ours = new(_plane.Pins);
        FormerTables.TryOpen(ours)!.CopyTo(OtherLayout.Load(ours));
        Directory.Delete(ours.Version, recursive: true);
        _plane.Restart();

        PmSet after = Set();
        Assert.Equal((before.Count, before.Modified, before.Members[0]), (after.Count, after.Modified, after.Members[0]));
        Assert.Equal(server, _plane.Connect(1001));
        _plane.WithTables(tables => Assert.Equal(61 * tables.TicksPerSecond, tables.Settings[0].TimeoutTicks[(int)PmState.SctpClosed]));
    }

    [Fact]
    public void WhoServesWhichAddressByAMark_GoesAlong()
    {
        const uint Mark = 9;
        PlannedService Marked(params PlannedServer[] servers) => TestPlane.Service(SchedulerKind.Lblc, [.. servers]) with
        {
            Key = ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, IpFamily.V4)),
        };
        _plane.Apply(Marked(TestPlane.Server(1), TestPlane.Server(2, weight: 0)));
        Assert.Equal(TestPlane.MacOf(1), _plane.SendMarked(new Frame { Target = "198.51.100.1" }, Mark).TargetMac);
        _plane.Apply(Marked(TestPlane.Servers(2)));
        PinPaths ours = new(_plane.Pins);
        FormerTables.TryOpen(ours)!.CopyTo(OtherLayout.Load(ours));
        Directory.Delete(ours.Version, recursive: true);

        _plane.Restart();

        Assert.Equal(TestPlane.MacOf(1), _plane.SendMarked(new Frame { Target = "198.51.100.1", SourcePort = 5000 }, Mark).TargetMac);
        Assert.Equal(TestPlane.MacOf(2), _plane.SendMarked(new Frame { Target = "198.51.100.2", SourcePort = 5001 }, Mark).TargetMac);
    }

    // The kernel need not know where a client is: then answers go where its packets came from.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ByNat_AnswersGoOn_ToWhereTheClientsPacketsCameFrom(bool isV6)
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, NatTests.Server(1));
        _plane.Apply(isV6 ? TestPlane.Six(service) : service);
        Frame sent = isV6 ? new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6 } : new Frame();
        _plane.Send(sent);
        PinPaths ours = new(_plane.Pins);
        FormerTables.TryOpen(ours)!.CopyTo(OtherLayout.Load(ours));
        Directory.Delete(ours.Version, recursive: true);

        _plane.Restart();

        Outcome answered = _plane.Send(new Frame
        {
            SourceMac = TestPlane.MacOf(1),
            Source = isV6 ? "2001:db8:a::1" : "10.0.0.1",
            SourcePort = NatTests.RealPort,
            Target = sent.Source,
            TargetPort = sent.SourcePort,
            Flags = TcpFlags.Syn | TcpFlags.Ack,
        });
        Assert.True(answered.Verdict is "answer-forwarded" or "answer-redirected", answered.Verdict);
        Assert.Equal(sent.SourceMac, answered.TargetMac);
    }

    private PmSet Set()
    {
        PmSet found = default;
        _plane.WithTables(tables => found = tables.Sets.Span.ToArray().Single(set => set.Count > 0));
        return found;
    }

    [Fact]
    public void ConnectionsThatBeganMeanwhile_AreTakenOverAfterwards()
    {
        Connect();
        PinPaths ours = new(_plane.Pins);
        PinPaths other = OtherLayout.Load(ours);
        FormerTables.TryOpen(ours)!.CopyTo(other);
        Frame late = new() { SourcePort = 5000, Source = "203.0.113.99" };
        byte server;
        using (BpfProgram program = BpfProgram.TryOpen(other.Of(Names.XdpProgram))!)
        {
            (_, server) = Send(program, late);
        }

        int active = _plane.Read().Servers.Sum(one => one.Active);
        _plane.WithTables(tables => Assert.Equal(1, FormerTables.TryOpen(other)!.CopyLate(tables)));
        _plane.WithTables(tables => Assert.Equal(0, FormerTables.TryOpen(other)!.CopyLate(tables)));

        Outcome outcome = _plane.Send(late.With(TcpFlags.Ack));
        Assert.Equal(("forwarded", server), (outcome.Verdict, outcome.Bytes[5]));
        Assert.Equal(active + 1, _plane.Read().Servers.Sum(one => one.Active));
        Directory.Delete(other.Version, recursive: true);
    }

    [Fact]
    public void TheNewestWholeLayoutCounts_WhatIsHalfIsRemoved()
    {
        Connect();
        PinPaths ours = new(_plane.Pins);
        PinPaths other = OtherLayout.Load(ours);
        File.Delete(other.Of(Names.Services));
        Directory.Delete(ours.Version, recursive: true);

        _plane.Restart();

        Assert.False(_plane.Plane.Adopted);
        Assert.Contains("connections are forgotten", Assert.Single(_plane.Plane.Notes), StringComparison.Ordinal);
        Assert.False(Directory.Exists(other.Version));
    }

    public void Dispose() => _plane.Dispose();

    private static PlannedService Service() => TestPlane.Leased([.. TestPlane.Servers(3), TestPlane.Server(4) with { UpperThreshold = 999 }]) with
    {
        Persistence = TimeSpan.FromSeconds(300),
    };

    private static Frame Ack(int i) => new() { SourcePort = (ushort)(1000 + i), Source = $"203.0.113.{1 + (i % 9)}", Flags = TcpFlags.Ack };

    private byte[] Connect()
    {
        _plane.Apply(Service());
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5));
        return [.. Enumerable.Range(0, Count).Select(i =>
        {
            byte server = _plane.Connect((ushort)(1000 + i), $"203.0.113.{1 + (i % 9)}");
            _plane.Send(Ack(i));
            return server;
        })];
    }

    private static (XdpAction Action, byte Server) Send(BpfProgram program, Frame frame)
    {
        byte[] bytes = frame.Build();
        var output = new byte[bytes.Length];
        XdpRun run = program.Run(bytes, output, TestPlane.Loopback);
        return (run.Action, output[5]);
    }
}
