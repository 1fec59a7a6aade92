using System.Buffers.Binary;
using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Balance.Synchronisation;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Synchronisation;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux.Bpf;
using Pointsman.Wire.Synchronisation;

namespace Pointsman.Dataplane.Tests;

/// <summary>Several CPUs in the same few buckets at once: nothing is counted twice or not at all.</summary>
public sealed class ConcurrencyTests
{
    private const int Threads = 4;
    private const int PacketsOfEach = 20_000;

    /// <summary>Of a variant: all of them together take no longer than the first.</summary>
    private const int PacketsOfVariant = 5_000;

    /// <summary>By those that sweep beside the packets.</summary>
    private const int RetiredOfVariant = 300;

    private const int Flows = 32;
    private const int FirstPort = 1000;
    private const byte Tcp = 6;

    /// <summary>How packets get to the servers.</summary>
    public enum Way
    {
        DirectRoute,
        Nat,
        FullNat,
    }

    [Theory]
    [InlineData(Tcp, false, Way.DirectRoute, false, false)]
    [InlineData(Tcp, false, Way.DirectRoute, true, false)]
    [InlineData(Tcp, false, Way.DirectRoute, true, true)]
    [InlineData(Frame.Udp, false, Way.DirectRoute, false, false)]
    [InlineData(Frame.Udp, true, Way.DirectRoute, true, false)]
    [InlineData(Tcp, true, Way.DirectRoute, false, true)]
    [InlineData(Tcp, false, Way.Nat, true, true)]
    [InlineData(Frame.Udp, false, Way.Nat, false, false)]
    [InlineData(Tcp, true, Way.Nat, false, false)]
    [InlineData(Tcp, false, Way.FullNat, false, false)]
    [InlineData(Frame.Udp, false, Way.FullNat, false, false)]
    [InlineData(Tcp, true, Way.FullNat, true, false)]
    public void SameFlowsFromAllSides_WhilePlansChangeAndTheTableIsSwept_CountsComeOutExact(
        byte protocol, bool isV6, Way way, bool isPersistent, bool isSynchronised)
    {
        using var plane = new TestPlane(connectionCapacity: 16);
        PlannedService Service(int servers) => Shaped(servers, protocol, isV6, way)
            with { Persistence = isPersistent ? TimeSpan.FromMinutes(5) : null };
        plane.Apply(Service(4));
        SyncInlet? inlet = null;
        int packets = (protocol, isV6, way, isSynchronised) == (Tcp, false, Way.DirectRoute, false) ? PacketsOfEach : PacketsOfVariant;
        Thread[] threads =
        [
            .. Enumerable.Range(0, Threads).Select(i => new Thread(() => Flood(plane, (ulong)i, packets, protocol, isV6, way))),
            .. isSynchronised ? [new Thread(() => inlet = Arrive(plane, protocol, isV6, way))] : Array.Empty<Thread>(),
        ];
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
        Assert.True(
            inlet is null || inlet.Taken > 0,
            $"{inlet?.Updated} {inlet?.Unchanged} {string.Join(' ', Enum.GetValues<SyncRefusal>().Select(why => $"{why}={inlet?.Refused(why)}"))}");

        plane.WithTables(CompareWithTheTable);
        AssertNothingIsLeft(plane);
        ImmutableDictionary<string, long> verdicts = plane.Plane.ReadSnapshot().Verdicts;

        // A server may answer when its connection has given way to another.
        string[] never = ["internal", "not-service", "no-server", "no-server-refused", "next-hop-unknown", "redirect-failed", .. way == Way.DirectRoute ? ["not-vip"] : Array.Empty<string>()];
        Assert.All(never, name => Assert.Equal((name, 0L), (name, verdicts[name])));
        if (way != Way.DirectRoute)
        {
            AssertAnswersFindTheirClients(plane, protocol, isV6);
        }
    }

    // Packets sweep because nobody does, then two control processes as well: what is over is counted out once.
    [Theory]
    [InlineData(Tcp, false, Way.DirectRoute, true)]
    [InlineData(Frame.Udp, true, Way.DirectRoute, true)]
    [InlineData(Frame.Udp, false, Way.FullNat, false)]
    [InlineData(Tcp, true, Way.FullNat, true)]
    public void PacketsAndSeveralOthersSweepAtOnce_CountsComeOutExact(byte protocol, bool isV6, Way way, bool isPersistent)
    {
        using var plane = new TestPlane(connectionCapacity: 16);
        plane.Apply(Shaped(4, protocol, isV6, way) with { Persistence = isPersistent ? TimeSpan.FromMinutes(5) : null });
        plane.StopSweeping(TimeSpan.FromMinutes(1));
        using PinnedTables tables = PinnedTables.TryOpen(new PinPaths(plane.Pins), writable: true)!;
        bool isOver = false;
        int retired = 0;
        void Sweep()
        {
            Span<uint> words = stackalloc uint[5];
            while (!Volatile.Read(ref isOver))
            {
                words.Clear();
                tables.SweepProgram.Call(words);
                Interlocked.Add(ref retired, (int)words[1]);
            }
        }

        void FloodOn(int thread)
        {
            for (var seed = (ulong)thread; !Volatile.Read(ref isOver); seed += Threads)
            {
                Flood(plane, seed, PacketsOfVariant / 10, protocol, isV6, way);
            }
        }

        Thread[] threads =
        [
            .. Enumerable.Range(0, Threads).Select(i => new Thread(() => FloodOn(i))),
            .. Enumerable.Range(0, 2).Select(_ => new Thread(Sweep)),
        ];
        Array.ForEach(threads, thread => thread.Start());
        int round = 0;
        while (Volatile.Read(ref retired) < RetiredOfVariant && round < 1_000_000)
        {
            ExpireSome(tables, round++);
        }

        Volatile.Write(ref isOver, true);
        Array.ForEach(threads, thread => thread.Join());

        Assert.InRange(retired, RetiredOfVariant, int.MaxValue);
        plane.WithTables(CompareWithTheTable);
        AssertNothingIsLeft(plane);
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
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() => Flood(plane, (ulong)i, PacketsOfEach, Tcp, isV6: false, Way.DirectRoute)))];
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

    // Each takes it for the first packet of a connection, which has one guise all the same, and no other is remembered.
    [Fact]
    public void FullNat_TwoProcessorsWithTheSameFirstPacket_OneGuise()
    {
        const int Connections = 4000;
        using var plane = new TestPlane(connectionCapacity: 4 * Connections);
        plane.Apply(Shaped(1, Frame.Udp, isV6: false, Way.FullNat));
        byte[][] frames = [.. Enumerable.Range(FirstPort, Connections).Select(port => Packet(port, Frame.Udp, isV6: false, TcpFlags.None).Build())];
        var guises = new ushort[2, Connections];
        int arrived = 0;
        void Send(int thread)
        {
            var output = new byte[128];
            for (int i = 0; i < Connections; i++)
            {
                Interlocked.Increment(ref arrived);
                while (Volatile.Read(ref arrived) < 2 * (i + 1))
                {
                    Thread.SpinWait(1);
                }

                plane.Run(frames[i], output);
                guises[thread, i] = BinaryPrimitives.ReadUInt16BigEndian(output.AsSpan(34));
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, 2).Select(number => new Thread(() => Send(number)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.DoesNotContain(Enumerable.Range(0, Connections), i => guises[0, i] != guises[1, i]);

        // Where a bucket was full one has given way.
        int kept = plane.Plane.ReadSnapshot().Connections;
        Assert.InRange(kept, Connections / 2, Connections);
        plane.WithTables(tables => Assert.Equal((kept, kept), (
            tables.Guises.ReadRaw(tables.Guises.ValueSizeBytes).Count(), tables.Wearers.ReadRaw(tables.Wearers.ValueSizeBytes).Count())));
    }

    private static void AssertNothingIsLeft(TestPlane plane)
    {
        plane.ExpireAll();
        plane.Sweep();
        Assert.All(plane.Loads(), load => Assert.Equal((0, 0), load));
        Assert.Equal(0, plane.Plane.ReadSnapshot().Connections);
        Assert.Empty(plane.Plane.ReadConnections());
        plane.WithTables(tables => Assert.Equal((0, 0), (
            tables.Guises.ReadRaw(tables.Guises.ValueSizeBytes).Count(), tables.Wearers.ReadRaw(tables.Wearers.ValueSizeBytes).Count())));
    }

    private static PlannedService Shaped(int servers, byte protocol, bool isV6, Way way)
    {
        PlannedService plain = TestPlane.Service(
            SchedulerKind.Wlc,
            [.. Enumerable.Range(1, servers).Select(i => way == Way.DirectRoute ? TestPlane.Server((byte)i) : NatTests.Server((byte)i))]);
        PlannedService shaped = isV6 ? TestPlane.Six(plain) : plain;
        return shaped with
        {
            Key = shaped.Key with { Protocol = (TransportProtocol)protocol },
            LocalAddresses = way == Way.FullNat ? [new LocalAddress(IpAddress.Parse(isV6 ? "2001:db8:f::1" : "198.51.100.1"), null)] : [],
        };
    }

    private static string Client(int port, bool isV6) => isV6 ? $"2001:db8:c::{(port % 4) + 1}" : $"203.0.113.{(port % 4) + 1}";

    private static string Server(int number, bool isV6) => isV6 ? $"2001:db8:a::{number}" : $"10.0.0.{number}";

    private static void Flood(TestPlane plane, ulong seed, int packets, byte protocol, bool isV6, Way way)
    {
        var random = new Prng(seed);
        var output = new byte[128];
        TcpFlags[] kinds = protocol == Tcp
            ? [TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst]
            : [TcpFlags.None];
        byte[][] frames =
        [
            .. kinds.SelectMany(flags => Enumerable.Range(FirstPort, Flows).Select(port => Packet(port, protocol, isV6, flags).Build())),
        ];
        for (int i = 0; i < packets; i++)
        {
            XdpRun run = plane.Run(frames[random.NextInt(frames.Length)], output);
            if (way != Way.DirectRoute && run.Action == XdpAction.Tx && random.OneIn(2))
            {
                plane.Run(Answer(output, protocol, isV6, kinds[random.NextInt(kinds.Length)] | TcpFlags.Ack), output);
            }
        }
    }

    private static Frame Packet(int port, byte protocol, bool isV6, TcpFlags flags) => new()
    {
        Protocol = protocol,
        Source = Client(port, isV6),
        SourcePort = (ushort)port,
        Target = isV6 ? TestPlane.Vip6 : TestPlane.Vip,
        Flags = flags,
    };

    // Whatever two at once have left behind: a client that begins now gets its own answers.
    private static void AssertAnswersFindTheirClients(TestPlane plane, byte protocol, bool isV6)
    {
        int addresses = isV6 ? 22 : 26, length = isV6 ? 16 : 4, ports = isV6 ? 54 : 34;
        for (int port = FirstPort; port < FirstPort + Flows; port++)
        {
            // There is not room for all of them at once.
            plane.ExpireAll();
            var output = new byte[128];
            Frame there = Packet(port, protocol, isV6, TcpFlags.Syn);
            Assert.Equal(XdpAction.Tx, plane.Run(there.Build(), output).Action);
            plane.Run(Answer(output, protocol, isV6, TcpFlags.Syn | TcpFlags.Ack), output);
            Assert.Equal(
                $"{there.Target} 80 -> {there.Source} {port}",
                $"{IpAddress.FromBytes(output.AsSpan(addresses, length))} {BinaryPrimitives.ReadUInt16BigEndian(output.AsSpan(ports))}"
                + $" -> {IpAddress.FromBytes(output.AsSpan(addresses + length, length))} {BinaryPrimitives.ReadUInt16BigEndian(output.AsSpan(ports + 2))}");
        }
    }

    /// <summary>What a server says to the packet that it got.</summary>
    private static byte[] Answer(byte[] sent, byte protocol, bool isV6, TcpFlags flags)
    {
        int addresses = isV6 ? 22 : 26, length = isV6 ? 16 : 4, ports = isV6 ? 54 : 34;
        return new Frame
        {
            Protocol = protocol,
            Source = IpAddress.FromBytes(sent.AsSpan(addresses + length, length)).ToString(),
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(ports + 2)),
            Target = IpAddress.FromBytes(sent.AsSpan(addresses, length)).ToString(),
            TargetPort = BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(ports)),
            Flags = flags,
        }.Build();
    }

    // Another director tells of the same connections and clients, at servers of its own choice.
    private static SyncInlet Arrive(TestPlane plane, byte protocol, bool isV6, Way way)
    {
        var random = new Prng(99);
        using PinnedTables tables = PinnedTables.TryOpen(new PinPaths(plane.Pins), writable: false)!;
        var inlet = new SyncInlet(tables, new SyncMemory(tables.Flows.Count, tables.Templates.Capacity), new SyncOwnership(tables));
        byte[] states = protocol == Tcp
            ? [(byte)TcpState.Established, (byte)TcpState.Established, (byte)TcpState.FinWait, (byte)TcpState.TimeWait]
            : [(byte)UdpState.Known];
        for (int i = 0; i < PacketsOfVariant / 50; i++)
        {
            inlet.Take([.. Enumerable.Range(0, 20).Select(_ => Entry(random.NextInt(Flows) + FirstPort, states[random.NextInt(states.Length)]))], skipped: 0);
        }

        return inlet;

        SyncEntry Entry(int port, byte state)
        {
            bool isTemplate = random.OneIn(4);
            return new SyncEntry
            {
                Protocol = protocol,
                Flags = (SyncFlags)(way == Way.DirectRoute ? ForwardingMethod.DirectRoute : ForwardingMethod.Masquerade)
                    | (way == Way.DirectRoute ? SyncFlags.NoOutput : SyncFlags.None)
                    | (isTemplate ? SyncFlags.Template | SyncFlags.Inactive : ConnectionStates.IsActive(state) ? SyncFlags.None : SyncFlags.Inactive),
                State = isTemplate ? (ushort)0 : SyncRules.NumberOf(state),
                Client = IpAddress.Parse(Client(port, isV6)),
                ClientPort = isTemplate ? (ushort)0 : (ushort)port,
                Virtual = IpAddress.Parse(isV6 ? TestPlane.Vip6 : TestPlane.Vip),
                VirtualPort = 80,
                Server = IpAddress.Parse(Server(random.NextInt(4) + 1, isV6)),
                ServerPort = way == Way.DirectRoute ? (ushort)80 : NatTests.RealPort,
                TimeoutSeconds = (uint)random.NextInt(3) * 100,
            };
        }
    }

    private static void ExpireSome(PinnedTables tables, int round)
    {
        for (int i = round % 3; i < tables.Flows.Count; i += 3)
        {
            tables.Flows[i].Expiry = (uint)tables.NowTicks() - 1;
        }
    }

    private static void CompareWithTheTable(PinnedTables tables)
    {
        var counted = new (int Active, int Inactive)[tables.Loads.Count];
        int controlled = 0;
        foreach (PmFlow flow in tables.Flows.Span)
        {
            if (flow.Server != 0)
            {
                bool isActive = ConnectionStates.IsActive(flow.State);
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

        Assert.Equal(controlled, TableReader.Templates(tables).Sum(pair => (int)pair.Template.Refs));
    }
}
