using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>What became of one frame.</summary>
public sealed record Outcome(XdpAction Action, string Verdict, byte[] Bytes)
{
    /// <summary>The MAC the frame goes to; that of a server when it was forwarded.</summary>
    internal string TargetMac => MacAddress.FromBytes(Bytes).ToString();

    internal string SourceMac => MacAddress.FromBytes(Bytes.AsSpan(6)).ToString();
}

/// <summary>
/// A data path of its own, fed with frames by the kernel's test-run as if they came in by the loopback.
/// </summary>
public sealed class TestPlane : IDisposable
{
    internal const string Vip = "192.0.2.100";
    internal const string Vip6 = "2001:db8::100";
    internal const string Director = "02:00:00:00:00:d1";

    /// <summary>The interface test-run frames come in by, so that what goes there is sent back out (XDP_TX).</summary>
    internal const int Loopback = 1;

    /// <summary>The lease that services made by <see cref="Leased"/> need.</summary>
    internal const int Lease = 3;

    private readonly PinDirectory _pins = new();
    private readonly int _capacity;
    private BpfProgram _program;

    /// <param name="connectionCapacity">
    /// By default so many that the hundreds of connections of a test never meet five in one bucket: the hash has
    /// another seed in each run.
    /// </param>
    public TestPlane(int connectionCapacity = 1 << 16)
    {
        _capacity = connectionCapacity;
        try
        {
            Plane = Open();
            _program = BpfProgram.TryOpen(new PinPaths(_pins.Path).Of(Names.XdpProgram))!;
            KeepSwept();
        }
        catch
        {
            _pins.Dispose();
            throw;
        }
    }

    internal XdpDataplane Plane { get; private set; }

    internal string Pins => _pins.Path;

    internal static ServiceKey Key { get; } =
        new(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse(Vip), 80));

    /// <summary>A server 10.0.0.N with the MAC 02:00:00:00:01:NN.</summary>
    internal static PlannedServer Server(
        byte number, int weight = 1, bool isUp = true, bool isLocal = false, int interfaceIndex = Loopback) => new(
            new TransportEndpoint(IpAddress.Parse($"10.0.0.{number}"), 80),
            ForwardingMethod.DirectRoute,
            weight,
            isUp,
            isLocal,
            isLocal ? null : new NextHop(interfaceIndex, Frame.Mac(Director), Frame.Mac(MacOf(number))));

    internal static string MacOf(byte number) => $"02:00:00:00:01:{number:x2}";

    internal static PlannedService Service(SchedulerKind scheduler, params ImmutableArray<PlannedServer> servers) =>
        new(Key, scheduler, Persistence: null, LeaseSlot: null, servers.Any(server => server.IsLocal), servers);

    /// <summary>The same by IPv6: for 192.0.2.100 2001:db8::100, for 10.0.0.N 2001:db8:a::N.</summary>
    internal static PlannedService Six(PlannedService service) => new(
        new ServiceKey(service.Key.Protocol, new TransportEndpoint(IpAddress.Parse(Vip6), service.Key.Address.Port)),
        service.Scheduler,
        service.Persistence,
        service.LeaseSlot,
        service.HasLocalServer,
        [.. service.Servers.Select(server => server with
        {
            Address = new TransportEndpoint(
                IpAddress.Parse($"2001:db8:a::{(byte)server.Address.Address.V4Bits}"), server.Address.Port),
        })])
    {
        Flags = service.Flags,
    };

    internal static PlannedService Leased(params ImmutableArray<PlannedServer> servers) =>
        Service(SchedulerKind.Rr, servers) with { LeaseSlot = Lease };

    internal static ForwardingPlan Plan(params ImmutableArray<PlannedService> services) => new(services, [], []);

    internal void Apply(params ImmutableArray<PlannedService> services) => Plane.Apply(Plan(services));

    internal Outcome Send(Frame frame) => Send(frame.Build());

    /// <summary>Runs the program over one frame; exactly one verdict must have been counted for it.</summary>
    internal Outcome Send(byte[] frame) => Send(frame, _program);

    /// <summary>Runs the program of marked packets over a frame that comes by the next hop of that mark.</summary>
    internal Outcome SendMarked(Frame frame, uint mark)
    {
        using BpfProgram program = BpfProgram.TryOpen(new PinPaths(_pins.Path).Of(Names.MarkedProgram))!;
        return Send(Marked(frame, mark), program);
    }

    /// <summary>The same without reading counters.</summary>
    internal XdpRun RunMarked(Frame frame, uint mark, byte[] output) => RunMarked(Marked(frame, mark), output);

    /// <summary>The frame as it comes by the next hop of that mark.</summary>
    internal static Frame By(Frame frame, uint mark) =>
        frame with { TargetMac = $"02:50:{mark >> 24:x2}:{(mark >> 16) & 255:x2}:{(mark >> 8) & 255:x2}:{mark & 255:x2}" };

    /// <summary>The same of a frame that is marked already.</summary>
    internal XdpRun RunMarked(byte[] marked, byte[] output)
    {
        using BpfProgram program = BpfProgram.TryOpen(new PinPaths(_pins.Path).Of(Names.MarkedProgram))!;
        return program.Run(marked, output, Loopback);
    }

    private static byte[] Marked(Frame frame, uint mark) => By(frame, mark).Build();

    private Outcome Send(byte[] frame, BpfProgram program)
    {
        ImmutableDictionary<string, long> before = Plane.ReadSnapshot().Verdicts;
        var output = new byte[2 * frame.Length];
        XdpRun run = program.Run(frame, output, Loopback);
        ImmutableDictionary<string, long> after = Plane.ReadSnapshot().Verdicts;
        string[] counted = [.. after.Where(pair => pair.Value != before[pair.Key]).Select(pair => pair.Key)];
        string verdict = Assert.Single(counted, name => !name.StartsWith("note-", StringComparison.Ordinal));
        Assert.Equal(before[verdict] + 1, after[verdict]);
        Assert.True(frame.Length == run.SizeBytes || verdict.EndsWith("-told", StringComparison.Ordinal), verdict);
        return new Outcome(run.Action, verdict, output[..run.SizeBytes]);
    }

    /// <summary>Runs the egress program over a frame of this host's; the frame as it goes out.</summary>
    /// <param name="moreBytes">By so much it is longer then.</param>
    internal byte[] SendOut(byte[] frame, uint mark, int moreBytes = 0)
    {
        const int Unspecified = -1;
        using BpfProgram road = BpfProgram.TryOpen(new PinPaths(_pins.Path).Of(Names.RoadProgram))!;
        var output = new byte[frame.Length + moreBytes];
        Assert.Equal(Unspecified, road.RunFilter(frame, output, mark));
        return output;
    }

    /// <summary>Runs the program over one frame without reading counters.</summary>
    internal XdpRun Run(byte[] frame, byte[] output) => _program.Run(frame, output, Loopback);

    internal static PlannedServer[] Servers(int count) => [.. Enumerable.Range(1, count).Select(i => Server((byte)i))];

    /// <summary>Which server a new connection from this port goes to.</summary>
    internal byte Connect(ushort port, string source = "203.0.113.5")
    {
        Outcome outcome = Send(new Frame { Source = source, SourcePort = port });
        Assert.Equal("forwarded", outcome.Verdict);
        return outcome.Bytes[5];
    }

    internal ServiceSnapshot Read() => Assert.Single(Plane.ReadSnapshot().Services);

    /// <summary>Active and inactive connections of each server, in the order of the plan.</summary>
    internal (int Active, int Inactive)[] Loads() => [.. Read().Servers.Select(server => (server.Active, server.Inactive))];

    /// <summary>As after the death of who renewed the lease: the VIP is claimed no more, but may still be forwarded to.</summary>
    internal void LetClaimLapse(TimeSpan forwards)
    {
        Plane.Leases.Renew(Lease, forwards, forwards);
        WithTables(tables => tables.Leases[Lease].ClaimsUntil = tables.NowTicks() - tables.TicksPerSecond);
        Assert.False(Plane.Leases.Read(Lease).IsArmed);
    }

    /// <summary>Ends the control process's hold and begins another, as a restarted daemon does.</summary>
    internal void Restart()
    {
        Plane.Dispose();
        _program.Dispose();
        Plane = Open();
        _program = BpfProgram.TryOpen(new PinPaths(_pins.Path).Of(Names.XdpProgram))!;
    }

    public void Dispose()
    {
        Plane.Dispose();
        _program.Dispose();
        _pins.Dispose();
    }

    /// <summary>As new: no service, no connection, no counts but the verdicts'.</summary>
    internal void Reset()
    {
        Plane.Apply(ForwardingPlan.Empty);
        ExpireAll();
        Sweep();
        for (int i = 0; i < OwnershipLeases.PeersHeard; i++)
        {
            Plane.Leases.SetPeer(i, default, default);
        }

        Forget<FragmentKey>(Names.Fragments);
        Forget<RoadKey>(Names.Roads);
        Plane.SetTimeouts(TimeSpan.FromSeconds(900), TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(300));
        Assert.Equal(0, Plane.ReadSnapshot().Connections);
    }

    /// <summary>Two passes, because slots are freed by the second one; what the first retired.</summary>
    internal int Sweep()
    {
        int retired = Plane.Sweep(TimeSpan.FromMinutes(1));
        Assert.Equal(0, Plane.Sweep(TimeSpan.FromMinutes(1)));
        return retired;
    }

    /// <summary>As with a daemon that sweeps for as long as the test takes: packets retire nothing. All planes are so at first.</summary>
    internal void KeepSwept() => WithTables(tables => tables.Settings[0].SweptAt = tables.NowTicks() + (1UL << 40));

    /// <summary>As if the daemon had died so long ago: packets retire what is over, if that is too long.</summary>
    internal void StopSweeping(TimeSpan ago) =>
        WithTables(tables => tables.Settings[0].SweptAt = tables.NowTicks() - ((ulong)ago.TotalSeconds * tables.TicksPerSecond));

    /// <summary>Looks into the tables, or puts them into a state that would take long to come to.</summary>
    internal void WithTables(Action<PinnedTables> work)
    {
        using PinnedTables tables = PinnedTables.TryOpen(new PinPaths(_pins.Path), writable: true)!;
        work(tables);
    }

    /// <summary>
    /// Lets all remembered connections and templates be past their time, as if nothing had come for long.
    /// </summary>
    internal void ExpireAll() => WithTables(tables =>
    {
        uint past = (uint)tables.NowTicks() - 1;
        foreach (ref PmFlow flow in tables.Flows.Span)
        {
            flow.Expiry = past;
        }

        AgeLocalities(tables, 86_401ul * tables.TicksPerSecond);
        foreach ((PmTemplateKey key, PmTemplate template) in TableReader.Templates(tables))
        {
            tables.Templates.Update(key, template with { Expiry = past });
        }
    });

    /// <summary>As if so much time had passed.</summary>
    internal void Age(TimeSpan time) => WithTables(tables =>
    {
        uint ticks = (uint)time.TotalSeconds * tables.TicksPerSecond;
        foreach (ref PmFlow flow in tables.Flows.Span)
        {
            flow.Expiry = unchecked(flow.Expiry - ticks);
        }

        AgeLocalities(tables, ticks);
        foreach ((PmTemplateKey key, PmTemplate template) in TableReader.Templates(tables))
        {
            tables.Templates.Update(key, template with { Expiry = unchecked(template.Expiry - ticks) });
        }
    });

    /// <summary>As if nothing had been asked for, nor a set changed, for so long.</summary>
    internal static void AgeLocalities(PinnedTables tables, ulong ticks)
    {
        foreach (ref PmSet set in tables.Sets.Span)
        {
            set = Aged(set);
        }

        foreach ((PmDestination destination, PmSet set) in new LocalityRecords(tables, new WriteCount()).All())
        {
            tables.Destinations.Update(destination, Aged(set));
        }

        PmSet Aged(PmSet set) => set with { Used = unchecked(set.Used - ticks), Modified = unchecked(set.Modified - ticks) };
    }

    private void Forget<TKey>(string map)
        where TKey : unmanaged
    {
        using BpfMap entries = BpfMap.TryOpen(new PinPaths(_pins.Path).Of(map))!;
        foreach (TKey key in entries.Keys<TKey>())
        {
            entries.TryDelete(key);
        }
    }

    private XdpDataplane Open() =>
        XdpDataplane.Open(new DataplaneOptions { PinDirectory = _pins.Path, ConnectionCapacity = _capacity });

    /// <summary>struct pm_fragment_key; nothing but the data path reads it.</summary>
    [System.Runtime.CompilerServices.InlineArray(40)]
    private struct FragmentKey
    {
        private byte _first;
    }

    /// <summary>struct pm_road_key, likewise.</summary>
    [System.Runtime.CompilerServices.InlineArray(16)]
    private struct RoadKey
    {
        private byte _first;
    }
}
