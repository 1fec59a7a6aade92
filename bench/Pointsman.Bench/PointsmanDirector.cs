using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Bench.Kernel;
using Pointsman.Dataplane;
using Pointsman.Linux.Bpf;

namespace Pointsman.Bench;

/// <summary>
/// Pointsman's data path on two cables, with services whose servers are reached by the leg that their clients come
/// from, or by the second leg. All are under a lease, as on a director of a pair.
/// </summary>
internal sealed class PointsmanDirector : IDisposable
{
    internal const ushort Port = 80;

    /// <summary>A million connections: the largest measurement fills a quarter.</summary>
    internal const int FlowCapacity = 1 << 20;

    private const string PinDirectory = "/sys/fs/bpf/pointsman";
    private const string ProgramName = "pm_xdp";
    private const int LeaseSlot = 0;
    private const ulong OtherDirector = 0x0200_0000_0300;
    private const string Note = "note";
    private static readonly string[] Forwarding = ["forwarded", "redirected"];
    private static readonly TimeSpan LongerThanTheBenchmark = TimeSpan.FromHours(1);
    private readonly XdpDataplane _dataplane;

    private PointsmanDirector(XdpDataplane dataplane, BpfProgram program, Cable entry)
    {
        _dataplane = dataplane;
        Program = program;
        Entry = entry;
    }

    internal static IpAddress OneLegService { get; } = IpAddress.Parse("10.77.0.100");

    internal static IpAddress TwoLegService { get; } = IpAddress.Parse("10.77.1.100");

    /// <summary>By one leg too, but this node is one of its servers: each packet may come from another director.</summary>
    internal static IpAddress LocalService { get; } = IpAddress.Parse("10.77.3.100");

    internal BpfProgram Program { get; }

    internal Cable Entry { get; }

    internal XdpDataplane Dataplane => _dataplane;

    /// <param name="sink">Counts what comes out.</param>
    internal static PointsmanDirector Create(BpfProgram sink)
    {
        Cable entry = LayEntry(sink);
        var exit = new Cable("pm-out", null, 7).Lay(sink);
        return Create(
            entry,
            FlowCapacity,
            [
                Service(OneLegService, entry),
                Service(TwoLegService, exit),
                Service(LocalService, entry) with { HasLocalServer = true },
            ],
            [exit.NearIndex]);
    }

    internal static Cable LayEntry(BpfProgram sink) => new Cable("pm", null, 6).Lay(sink);

    /// <summary>The same for services of the caller's, whose clients come by the cable.</summary>
    /// <param name="otherLegs">Interfaces beside the entry.</param>
    internal static PointsmanDirector Create(
        Cable entry, int capacity, ImmutableArray<PlannedService> services, ImmutableArray<int> otherLegs = default)
    {
        var dataplane = XdpDataplane.Open(new DataplaneOptions { PinDirectory = PinDirectory, ConnectionCapacity = capacity });
        dataplane.Leases.Renew(LeaseSlot, LongerThanTheBenchmark, LongerThanTheBenchmark);
        dataplane.Apply(new ForwardingPlan(
            services,
            [new PeerDirector(new MacAddress(OtherDirector), IpAddress.Parse("10.77.2.9"))],
            [entry.NearIndex, .. otherLegs.IsDefault ? [] : otherLegs]));
        string pin = Directory.EnumerateFiles(PinDirectory, ProgramName, SearchOption.AllDirectories).Single();
        return new PointsmanDirector(
            dataplane, BpfProgram.TryOpen(pin) ?? throw new InvalidDataException($"{pin} is gone"), entry);
    }

    internal Traffic Traffic(IpAddress service, int flowCount, bool opens) =>
        new(Entry.Far, Entry.Near, service, Port, flowCount, opens);

    /// <summary>Does the work, and makes sure that what was measured was forwarding.</summary>
    internal void WhileForwarding(Action work)
    {
        DataplaneSnapshot before = _dataplane.ReadSnapshot();
        work();
        DataplaneSnapshot after = _dataplane.ReadSnapshot();
        List<(string Verdict, long Count)> became =
            [.. after.Verdicts.Select(pair => (pair.Key, pair.Value - before.Verdicts.GetValueOrDefault(pair.Key)))];
        long forwarded = became.Where(entry => Forwarding.Contains(entry.Verdict)).Sum(entry => entry.Count);
        List<(string Verdict, long Count)> others =
            [.. became.Where(entry => entry.Count > 0 && !Forwarding.Contains(entry.Verdict) && !entry.Verdict.StartsWith(Note, StringComparison.Ordinal))];

        // The interfaces' own packets (neighbour discovery) are the rest.
        if (others.Sum(entry => entry.Count) * 1000 > forwarded)
        {
            string list = string.Join(", ", others.Select(entry => $"{entry.Verdict} {entry.Count}"));
            throw new InvalidOperationException($"{forwarded} packets were forwarded, others were not: {list}");
        }
    }

    public void Dispose()
    {
        Program.Dispose();
        _dataplane.Purge();
        _dataplane.Dispose();
    }

    private static PlannedService Service(IpAddress address, Cable leg) => Service(
        TransportProtocol.Tcp,
        address,
        SchedulerKind.Wlc,
        [Server(IpAddress.Parse("10.77.2.1"), leg), Server(IpAddress.Parse("10.77.2.2"), leg)]);

    internal static PlannedService Service(
        TransportProtocol protocol, IpAddress address, SchedulerKind scheduler, ImmutableArray<PlannedServer> servers) => new(
        new ServiceKey(protocol, new TransportEndpoint(address, Port)),
        scheduler,
        Persistence: null,
        LeaseSlot,
        HasLocalServer: false,
        servers);

    internal static PlannedServer Server(IpAddress address, Cable leg) => new(
        new TransportEndpoint(address, Port),
        ForwardingMethod.DirectRoute,
        Weight: 1,
        IsUp: true,
        IsLocal: false,
        new NextHop(leg.NearIndex, leg.Near, leg.Far));
}
