using System.Diagnostics;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Synchronisation;

namespace Pointsman.Dataplane.Tests;

/// <summary>Two directors that synchronise over a wire, by their real sockets and threads.</summary>
[Collection(PlaneCollection.Name)]
public sealed class SynchronisationWireTests(SharedPlane shared)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("224.0.0.81", 5)]
    [InlineData("ff02::51", 5)]
    [InlineData("224.0.0.81", 0)]
    public void ConnectionsGoOver_AndAllOfThemToABackupThatComesLater(string group, byte backupSyncId)
    {
        TestPlane here = shared.Fresh();
        using var there = new TestPlane();
        using var wire = new Wire();
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]);
        here.Apply(service);
        there.Apply(service);
        for (ushort port = 1000; port < 1200; port++)
        {
            here.Run(new Frame { SourcePort = port }.Build(), new byte[60]);
            here.Run(new Frame { SourcePort = port, Flags = TcpFlags.Ack }.Build(), new byte[60]);
        }

        var failures = new List<Exception>();
        using var tells = new Synchroniser(here.Pins, failures.Add);
        using var takes = new Synchroniser(there.Pins, failures.Add);
        var settings = new SyncSettings("v0") { SyncId = 5, Group = IpAddress.Parse(group) };
        Assert.Equal("no interface nosuch: No such device", wire.In("server1", () => tells.TryStart(SyncRole.Master, settings with { Interface = "nosuch" })));
        Assert.Null(wire.In("server1", () => tells.TryStart(SyncRole.Master, settings)));
        Assert.Equal("Daemon has already run", wire.In("server1", () => tells.TryStart(SyncRole.Master, settings)));
        Until("all told to nobody", () => Assert.Single(tells.Report()) is { Entries: >= 200, FullRounds: 1 });

        // That it has come later is what it says itself, and the master's last round was a moment ago. It does not say so twice in this time.
        Assert.Null(wire.In("server2", () => takes.TryStart(SyncRole.Backup, settings with { SyncId = backupSyncId })));
        Assert.True(Settled(() => there.Plane.ReadSnapshot().Connections == 200), "its word was heard");
        Assert.Equal(here.Loads(), there.Loads());

        here.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Fin | TcpFlags.Ack });
        Until("the end of a connection known there", () => there.Loads().Sum(load => load.Inactive) == 1);
        SyncDaemonReport backup = Assert.Single(takes.Report());
        Assert.Equal((0, 0), (backup.Refused.Count, backup.Malformed.Count));

        // What is new goes out before it stops.
        here.Send(new Frame { SourcePort = 999 });
        here.Send(new Frame { SourcePort = 999, Flags = TcpFlags.Ack });
        Assert.True(tells.TryStop(SyncRole.Master));
        Until("the last connection known there", () => there.Plane.ReadSnapshot().Connections == 201);
        Assert.False(tells.TryStop(SyncRole.Master));
        Assert.Empty(tells.Report());
        Assert.Empty(failures);
    }

    [Fact]
    public void WayIsDown_AllIsToldOnceMore_WhenItIsUpAgain()
    {
        using var wire = new Wire();
        using var there = new TestPlane();
        TestPlane here = WithOneConnection(there);
        using var tells = new Synchroniser(here.Pins, failure => throw failure);
        using var takes = new Synchroniser(there.Pins, failure => throw failure);
        var settings = new SyncSettings("v0") { SyncId = 5 };
        wire.SetUp("server1", isUp: false);
        Assert.Null(wire.In("server1", () => tells.TryStart(SyncRole.Master, settings)));
        Until("a message that did not go out", () => Assert.Single(tells.Report()) is { SendFailures: > 0, LastError: not null });

        wire.SetUp("server1", isUp: true);
        Until("a round for what was not sent, though nothing is new", () => Assert.Single(tells.Report()) is { LastError: null, FullRounds: > 1 });
        Assert.Null(wire.In("server2", () => takes.TryStart(SyncRole.Backup, settings)));
        Until("it is known there", () => there.Plane.ReadSnapshot().Connections == 1);
    }

    [Fact]
    public void OtherSyncId_IsNotTaken_AndCounted()
    {
        using var wire = new Wire();
        using var there = new TestPlane();
        TestPlane here = WithOneConnection(there);
        using var tells = new Synchroniser(here.Pins, failure => throw failure);
        using var takes = new Synchroniser(there.Pins, failure => throw failure);
        Assert.Null(wire.In("server2", () => takes.TryStart(SyncRole.Backup, new SyncSettings("v0") { SyncId = 6 })));
        Assert.Null(wire.In("server1", () => tells.TryStart(SyncRole.Master, new SyncSettings("v0") { SyncId = 5 })));
        Until("a message of another sync id", () => Assert.Single(takes.Report()).OtherSyncId > 0);
        Assert.Empty(there.Plane.ReadConnections());
    }

    /// <summary>One director has a connection, and the other the service that it is of.</summary>
    private TestPlane WithOneConnection(TestPlane there)
    {
        TestPlane here = shared.Fresh();
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1));
        here.Apply(service);
        there.Apply(service);
        here.Send(new Frame());
        here.Send(new Frame { Flags = TcpFlags.Ack });
        return here;
    }

    private static bool Settled(Func<bool> state)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5))
        {
            if (state())
            {
                return true;
            }
        }

        return false;
    }

    private static void Until(string what, Func<bool> state)
    {
        long started = Stopwatch.GetTimestamp();
        while (!state())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < s_limit, $"not within {s_limit}: {what}");
        }
    }
}
