using Pointsman.Balance;

namespace Pointsman.Dataplane.Tests;

/// <summary>A table of one bucket, so that all connections compete for its four places.</summary>
public sealed class FullTableTests : IDisposable
{
    private readonly TestPlane _plane = new(connectionCapacity: 4);

    public FullTableTests() => _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(3)]));

    [Fact]
    public void AllPlacesEstablished_NewConnection_IsBalancedWithoutAnEntry_OldOnesStay()
    {
        byte[] old = [.. Enumerable.Range(1000, 4).Select(port => Establish((ushort)port))];

        Outcome first = _plane.Send(new Frame { SourcePort = 2000 });
        Outcome second = _plane.Send(new Frame { SourcePort = 2000, Flags = TcpFlags.Ack });

        Assert.Equal(("forwarded", "forwarded"), (first.Verdict, second.Verdict));
        Assert.Equal(first.TargetMac, second.TargetMac);
        Assert.Equal(2, Note("table-full-stateless"));
        Assert.Equal(4, _plane.Plane.ReadSnapshot().Connections);
        for (int i = 0; i < 4; i++)
        {
            Outcome outcome = _plane.Send(new Frame { SourcePort = (ushort)(1000 + i), Flags = TcpFlags.Ack });
            Assert.Equal(TestPlane.MacOf(old[i]), outcome.TargetMac);
        }
    }

    [Fact]
    public void FloodOfSyns_EstablishedOnesStay_HalfOpenOnesGiveWay_CountsStayExact()
    {
        byte[] old = [.. Enumerable.Range(1000, 3).Select(port => Establish((ushort)port))];
        for (ushort port = 2000; port < 2200; port++)
        {
            _plane.Connect(port);
        }

        Assert.Equal(199, Note("evicted-embryonic"));
        Assert.Equal(4, _plane.Plane.ReadSnapshot().Connections);
        Assert.Equal(4, _plane.Loads().Sum(load => load.Active));
        for (int i = 0; i < 3; i++)
        {
            Outcome outcome = _plane.Send(new Frame { SourcePort = (ushort)(1000 + i), Flags = TcpFlags.Ack });
            Assert.Equal(TestPlane.MacOf(old[i]), outcome.TargetMac);
        }
    }

    [Fact]
    public void AClosedConnection_GivesWayBeforeAHalfOpenOne()
    {
        Establish(1000);
        Establish(1001);
        Establish(1002);
        _plane.Send(new Frame { SourcePort = 1002, Flags = TcpFlags.Fin | TcpFlags.Ack });
        _plane.Connect(1003);

        _plane.Connect(2000);

        Assert.Equal((1, 0), (Note("evicted-closed"), Note("evicted-embryonic")));
        Assert.Equal(
            [1000, 1001, 1003, 2000], _plane.Plane.ReadConnections().Select(entry => (int)entry.Client.Port).Order());
    }

    [Fact]
    public void FullOfPersistentConnections_ABoundClient_KeepsItsServer()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(3)]) with { Persistence = TimeSpan.FromMinutes(1) });
        byte server = Establish(1000);
        for (ushort port = 1001; port < 1004; port++)
        {
            Establish(port);
        }

        Assert.Equal(server, _plane.Connect(2000));
        _plane.ExpireAll();
        Assert.Equal(4, _plane.Sweep());
        _plane.Sweep();
        Assert.Empty(_plane.Plane.ReadConnections());
    }

    // Of those whose server stays only few may move: their connections would break, and nothing remembers them.
    [Fact]
    public void AServerGoesAndComesBack_WhatIsBalancedWithoutEntries_StaysWhereItsServerStays()
    {
        for (ushort port = 1000; port < 1004; port++)
        {
            Establish(port);
        }

        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(4)]));
        byte[] before = Stateless();
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(4).Where(server => server.Address != TestPlane.Server(2).Address)]));
        byte[] without = Stateless();
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(4)]));

        Assert.Equal(before, Stateless());
        Assert.DoesNotContain((byte)2, without);
        int moved = before.Zip(without).Count(pair => pair.First != 2 && pair.First != pair.Second);
        Assert.InRange(moved, 0, before.Length / 10);
        Assert.All(before.CountBy(server => server), share => Assert.InRange(share.Value, before.Length / 8, before.Length / 2));
    }

    public void Dispose() => _plane.Dispose();

    private byte Establish(ushort port)
    {
        byte server = _plane.Connect(port);
        _plane.Send(new Frame { SourcePort = port, Flags = TcpFlags.Ack });
        return server;
    }

    private byte[] Stateless() =>
    [
        .. Enumerable.Range(2000, 400).Select(port => _plane.Send(new Frame { SourcePort = (ushort)port }).Bytes[5]),
    ];

    private long Note(string name) => _plane.Plane.ReadSnapshot().Verdicts["note-" + name];
}
