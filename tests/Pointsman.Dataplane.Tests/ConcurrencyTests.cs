using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>Several CPUs in the same few buckets at once: nothing is counted twice or not at all.</summary>
public sealed class ConcurrencyTests
{
    private const int Threads = 4;
    private const int PacketsOfEach = 20_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SameFlowsFromAllSides_WhilePlansChangeAndTheTableIsSwept_CountsComeOutExact(bool isPersistent)
    {
        using var plane = new TestPlane(connectionCapacity: 16);
        PlannedService Service(int servers) => TestPlane.Service(SchedulerKind.Wlc, [.. TestPlane.Servers(servers)])
            with { Persistence = isPersistent ? TimeSpan.FromMinutes(5) : null };
        plane.Apply(Service(4));
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() => Flood(plane, (ulong)i)))];
        Array.ForEach(threads, thread => thread.Start());
        for (int round = 0; threads.Any(thread => thread.IsAlive); round++)
        {
            plane.Apply(Service(3 + (round % 2)));
            plane.Plane.Sweep(TimeSpan.FromMilliseconds(1));
            if (round % 8 == 0)
            {
                plane.WithTables(tables => ExpireSome(tables, round));
            }
        }

        Array.ForEach(threads, thread => thread.Join());

        plane.WithTables(CompareWithTheTable);
        plane.ExpireAll();
        plane.Sweep();
        Assert.All(plane.Loads(), load => Assert.Equal((0, 0), load));
        Assert.Equal(0, plane.Plane.ReadSnapshot().Connections);
        Assert.Empty(plane.Plane.ReadConnections());
        ImmutableDictionary<string, long> verdicts = plane.Plane.ReadSnapshot().Verdicts;
        Assert.All(
            ["internal", "not-vip", "not-service", "no-server", "no-server-refused", "next-hop-unknown", "redirect-failed"],
            never => Assert.Equal((never, 0L), (never, verdicts[never])));
    }

    // What two CPUs at once have left wrong is right after the next look, and each choice then is the best.
    [Theory]
    [InlineData(SchedulerKind.Wlc)]
    [InlineData(SchedulerKind.Sed)]
    public void ManyServers_FromAllSides_WhenItIsQuietTheBestIsChosen(SchedulerKind scheduler)
    {
        const int Count = 300;
        using var plane = new TestPlane(connectionCapacity: 4096);
        PlannedService Service(int weight) => TestPlane.Service(
            scheduler, [.. Enumerable.Range(1, Count).Select(i => ManyServers.Number(i) with { Weight = i == 7 ? weight : 1 + (i % 3) })]);
        plane.Apply(Service(1));
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() => Flood(plane, (ulong)i)))];
        Array.ForEach(threads, thread => thread.Start());
        for (int round = 0; threads.Any(thread => thread.IsAlive); round++)
        {
            plane.Apply(Service(round % 4));
            plane.WithTables(tables => ExpireSome(tables, round));
            plane.Plane.Sweep(TimeSpan.FromMilliseconds(1));
        }

        Array.ForEach(threads, thread => thread.Join());
        plane.Plane.Sweep(TimeSpan.FromMilliseconds(1));

        plane.WithTables(CompareWithTheTable);
        for (int port = 5000; port < 5000 + Count; port++)
        {
            plane.WithTables(ManyServers.AssertTreesAreRight);
            plane.Run(new Frame { SourcePort = (ushort)port }.Build(), new byte[60]);
        }
    }

    private static void Flood(TestPlane plane, ulong seed)
    {
        var random = new Prng(seed);
        var output = new byte[60];
        TcpFlags[] kinds = [TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst];
        byte[][] frames =
        [
            .. kinds.SelectMany(flags => Enumerable.Range(1000, 32).Select(port => new Frame
            {
                Source = $"203.0.113.{(port % 4) + 1}",
                SourcePort = (ushort)port,
                Flags = flags,
            }.Build())),
        ];
        for (int i = 0; i < PacketsOfEach; i++)
        {
            plane.Run(frames[random.NextInt(frames.Length)], output);
        }
    }

    private static void ExpireSome(Tables.PinnedTables tables, int round)
    {
        for (int i = round % 3; i < tables.Flows.Count; i += 3)
        {
            tables.Flows[i].Expiry = (uint)tables.NowTicks() - 1;
        }
    }

    private static void CompareWithTheTable(Tables.PinnedTables tables)
    {
        var counted = new (int Active, int Inactive)[tables.Loads.Count];
        int controlled = 0;
        foreach (PmFlow flow in tables.Flows.Span)
        {
            if (flow.Server != 0)
            {
                bool isActive = Balance.Connections.ConnectionStates.IsActive(flow.State);
                ref (int Active, int Inactive) count = ref counted[flow.Server];
                count = isActive ? (count.Active + 1, count.Inactive) : (count.Active, count.Inactive + 1);
                controlled += (flow.Flags & (byte)PmFlowFlag.Template) != 0 ? 1 : 0;
            }
        }

        for (int slot = 0; slot < counted.Length; slot++)
        {
            PmLoad load = tables.Loads[slot];
            Assert.Equal((slot, counted[slot].Active, counted[slot].Inactive), (slot, (int)load.Active, (int)load.Inactive));
        }

        Assert.Equal(controlled, Tables.TableReader.Templates(tables).Sum(pair => (int)pair.Template.Refs));
    }
}
