using Pointsman.Dataplane.Bpf;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// The pinned maps, open; arrays are in this process's memory. What each is for stands in bpf/maps.h.
/// </summary>
internal sealed class PinnedTables : IDisposable
{
    private readonly List<BpfMap> _maps = [];
    private readonly PinPaths _paths;
    private readonly bool _writable;

    private PinnedTables(PinPaths paths, bool writable)
    {
        _paths = paths;
        _writable = writable;
        Flows = Array<PmFlow>(Names.Flows);
        Clients = Array<Be128>(Names.Clients);
        Servers = Array<PmServer>(Names.Servers);
        Addresses = Array<Be128>(Names.Addresses);
        Loads = Array<PmLoad>(Names.Loads);
        Retired = Array<PmCounters>(Names.Retired);
        Ring = Array<ulong>(Names.Ring);
        Cursors = Array<PmCursor>(Names.Cursors);
        Sets = Array<PmSet>(Names.Sets);
        Prefilter = Array<ulong>(Names.Prefilter);
        Leases = Array<PmLease>(Names.Leases);
        Peers = Array<PmPeer>(Names.Peers);
        PeerFilter = Array<PmPeerFilter>(Names.PeerFilter);
        Settings = Array<PmSettings>(Names.Settings);
        ServerCounters = Map(Names.ServerCounters);
        Services = Map(Names.Services);
        Numbers = Map(Names.Numbers);
        Vips = Map(Names.Vips);
        Templates = Map(Names.Templates);
        Calls = Map(Names.Calls);
        Callers = Map(Names.Callers);
        Backs = Map(Names.Backs);
        Origins = Map(Names.Origins);
        Destinations = Map(Names.Destinations);
        Guises = Map(Names.Guises);
        Wearers = Map(Names.Wearers);
        Pools = Array<PmPool>(Names.Pools);
        Verdicts = Map(Names.Verdicts);
        Devices = Map(Names.Devices);
        Tags = Map(Names.Tags);
        NowProgram = Program(Names.NowProgram);
        SweepProgram = Program(Names.SweepProgram);
        ArriveProgram = Program(Names.ArriveProgram);
    }

    internal PinPaths Paths => _paths;

    internal MappedArray<PmFlow> Flows { get; }

    /// <summary>Of the entries of <see cref="Flows"/>, by the same index: whose they are, if of IPv6; of a call its template's hash.</summary>
    internal MappedArray<Be128> Clients { get; }

    internal MappedArray<PmServer> Servers { get; }

    /// <summary>Read by <see cref="AddressNumbers"/>.</summary>
    internal MappedArray<Be128> Addresses { get; }

    internal MappedArray<PmLoad> Loads { get; }

    internal MappedArray<PmCounters> Retired { get; }

    internal MappedArray<ulong> Ring { get; }

    internal MappedArray<PmCursor> Cursors { get; }

    internal MappedArray<PmSet> Sets { get; }

    internal MappedArray<ulong> Prefilter { get; }

    internal MappedArray<PmLease> Leases { get; }

    internal MappedArray<PmPeer> Peers { get; }

    internal MappedArray<PmPeerFilter> PeerFilter { get; }

    internal MappedArray<PmSettings> Settings { get; }

    internal BpfMap ServerCounters { get; }

    internal BpfMap Services { get; }

    internal BpfMap Numbers { get; }

    internal BpfMap Vips { get; }

    internal BpfMap Templates { get; }

    /// <summary>What those templates are of that are of calls.</summary>
    internal BpfMap Calls { get; }

    internal BpfMap Callers { get; }

    internal BpfMap Backs { get; }

    internal BpfMap Origins { get; }

    internal BpfMap Destinations { get; }

    internal BpfMap Guises { get; }

    internal BpfMap Wearers { get; }

    internal MappedArray<PmPool> Pools { get; }

    internal BpfMap Verdicts { get; }

    internal BpfMap Devices { get; }

    internal BpfMap Tags { get; }

    internal BpfProgram NowProgram { get; }

    internal BpfProgram SweepProgram { get; }

    /// <summary>Puts in what another director told of; one caller at a time.</summary>
    internal BpfProgram ArriveProgram { get; }

    internal uint TicksPerSecond => Settings[0].TicksPerSecond;

    /// <summary>Null when nothing is pinned there, or not all of it.</summary>
    internal static PinnedTables? TryOpen(PinPaths paths, bool writable)
    {
        try
        {
            var tables = new PinnedTables(paths, writable);
            if (tables.Settings[0].Layout == PmLimit.Layout)
            {
                return tables;
            }

            tables.Dispose();
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The servers' slots that are not free, in order.</summary>
    internal List<int> UsedSlots()
    {
        var used = new List<int>();
        ReadOnlySpan<PmServer> servers = Servers.Span;
        for (int slot = 1; slot < servers.Length; slot++)
        {
            if (servers[slot].Proto != 0)
            {
                used.Add(slot);
            }
        }

        return used;
    }

    /// <summary>The packets' clock; the maps keep its low half.</summary>
    internal ulong NowTicks() => Clock.Read(NowProgram);

    public void Dispose()
    {
        Flows?.Dispose();
        Clients?.Dispose();
        Servers?.Dispose();
        Addresses?.Dispose();
        Loads?.Dispose();
        Retired?.Dispose();
        Ring?.Dispose();
        Cursors?.Dispose();
        Sets?.Dispose();
        Pools?.Dispose();
        Prefilter?.Dispose();
        Leases?.Dispose();
        Peers?.Dispose();
        PeerFilter?.Dispose();
        Settings?.Dispose();
        NowProgram?.Dispose();
        SweepProgram?.Dispose();
        ArriveProgram?.Dispose();
        foreach (BpfMap map in _maps)
        {
            map.Dispose();
        }
    }

    private BpfMap Map(string name)
    {
        BpfMap map = BpfMap.TryOpen(_paths.Of(name)) ?? throw Missing(name);
        _maps.Add(map);
        return map;
    }

    private MappedArray<T> Array<T>(string name)
        where T : unmanaged
    {
        using BpfMap map = BpfMap.TryOpen(_paths.Of(name)) ?? throw Missing(name);
        return map.Map<T>(_writable);
    }

    private BpfProgram Program(string name) => BpfProgram.TryOpen(_paths.Of(name)) ?? throw Missing(name);

    // The half-made object's descriptors close when the collector finds them.
    private static FileNotFoundException Missing(string name) => new($"{name} is not pinned", name);
}
