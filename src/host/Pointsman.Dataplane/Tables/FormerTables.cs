using System.Runtime.InteropServices;
using Pointsman.Balance.Connections;
using Pointsman.Dataplane.Bpf;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tables;

/* An upgrade whose layout differs. The maps of the former version know their own records: the kernel keeps the BTF they were made with.
   So all that packets need is copied by the names of fields, whatever their order and size, into the new maps, before the new program is
   put in the place of the old one on each interface; what began in between is taken over afterwards. Numbers of states, flags and
   schedulers mean the same in every layout. */

/// <summary>The tables that another version of Pointsman has pinned.</summary>
internal sealed class FormerTables
{
    private static readonly string[] Arrays =
    [
        Names.Servers, Names.Retired, Names.Ring, Names.Cursors, Names.Addresses, Names.Prefilter, Names.Leases, Names.Peers, Names.PeerFilter,
    ];

    private static readonly string[] Hashes = [Names.Services, Names.Numbers, Names.Vips, Names.Templates, Names.Backs, Names.Devices];

    private readonly PinPaths _paths;
    private readonly BtfFile _types;

    private FormerTables(PinPaths paths, BtfFile types, int buckets)
    {
        _paths = paths;
        _types = types;
        Buckets = buckets;
    }

    internal int Buckets { get; }

    internal PinPaths Paths => _paths;

    /// <summary>Of the newest layout but ours; null when none is whole.</summary>
    internal static FormerTables? Find(PinPaths ours)
    {
        foreach (int layout in ours.Layouts().Where(layout => layout != PmLimit.Layout).OrderDescending())
        {
            if (TryOpen(ours.Of(layout)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    internal static FormerTables? TryOpen(PinPaths paths)
    {
        using BpfMap? flows = BpfMap.TryOpen(paths.Of(Names.Flows));
        using BpfMap? settings = BpfMap.TryOpen(paths.Of(Names.Settings));
        bool isWhole = flows is not null && settings is not null && Arrays.Concat(Hashes).All(name => File.Exists(paths.Of(name)));
        return isWhole && flows!.ReadTypes() is { } types ? new FormerTables(paths, BtfFile.OfMap(types), flows.Capacity) : null;
    }

    /// <summary>The settings as this version has them; the keys of hashes are the former ones.</summary>
    internal PmSettings Settings(BtfFile ours)
    {
        using BpfMap map = Open(_paths, Names.Settings);
        BtfFile from = BtfFile.OfMap(map.ReadTypes()!);
        int toType = ours.Types.ToList().FindIndex(type => type is { Kind: BtfKind.Struct, Name: "pm_settings" });
        RecordMap fields = RecordMap.Between(from, map.ValueTypeId, ours, toType);
        Span<PmSettings> settings = new PmSettings[1];
        fields.Copy(map.LookupRaw(new byte[4], RoundUp(map.ValueSizeBytes)), MemoryMarshal.AsBytes(settings));
        settings[0].Layout = PmLimit.Layout;
        Timeouts.FillIn(ref settings[0]);
        return settings[0];
    }

    /// <summary>Fills new tables that no packet sees yet.</summary>
    internal void CopyTo(PinPaths target)
    {
        foreach (string name in Arrays)
        {
            CopyArray(name, target);
        }

        foreach (string name in Hashes)
        {
            CopyHash(name, target);
        }

        // Since a layout that not every former one has reached.
        if (File.Exists(_paths.Of(Names.Tags)))
        {
            CopyHash(Names.Tags, target);
        }

        if (File.Exists(_paths.Of(Names.Sets)))
        {
            CopyArray(Names.Sets, target);
        }

        if (File.Exists(_paths.Of(Names.Destinations)))
        {
            CopyHash(Names.Destinations, target);
        }

        // By names that the settings' seed makes, which is kept.
        if (File.Exists(_paths.Of(Names.Calls)))
        {
            CopyHash(Names.Calls, target);
        }

        if (File.Exists(_paths.Of(Names.Origins)))
        {
            CopyHash(Names.Origins, target);
        }

        // Where the kernel has no neighbour for a client, answers by NAT find it only so.
        if (File.Exists(_paths.Of(Names.Ways)))
        {
            CopyHash(Names.Ways, target);
        }

        if (File.Exists(_paths.Of(Names.Pools)))
        {
            CopyArray(Names.Pools, target);
        }

        CopyCounters(target);
        CopyVerdicts(target);
        CopyArray(Names.Loads, target);
        if (HasSameFlowKeys(target))
        {
            if (File.Exists(_paths.Of(Names.Guises)) && File.Exists(_paths.Of(Names.Wearers)))
            {
                CopyHash(Names.Guises, target);
                CopyHash(Names.Wearers, target);
            }

            if (File.Exists(_paths.Of(Names.Callers)))
            {
                CopyHash(Names.Callers, target);
            }

            CopyArray(Names.Clients, target);
            CopyArray(Names.Flows, target);
        }
    }

    /// <summary>After the switch: connections that began while the tables were copied.</summary>
    /// <returns>How many.</returns>
    internal int CopyLate(PinnedTables target)
    {
        if (!HasSameFlowKeys(target.Paths))
        {
            return 0;
        }

        using BpfMap flows = Open(_paths, Names.Flows);
        using BpfMap clients = Open(_paths, Names.Clients);
        using BpfMap ours = Open(target.Paths, Names.Flows);
        using MappedArray<byte> from = flows.Map<byte>(writable: false);
        using MappedArray<byte> addresses = clients.Map<byte>(writable: false);
        RecordMap fields = Fields(flows, ours);
        var bucket = new PmFlow[PmLimit.BucketEntries];
        uint now = (uint)target.NowTicks();
        int late = 0;
        for (int i = 0; i < Buckets; i++)
        {
            fields.Copy(from.Span.Slice(i * RoundUp(fields.FromBytes), fields.FromBytes), MemoryMarshal.AsBytes(bucket.AsSpan()));
            for (int j = 0; j < bucket.Length; j++)
            {
                if (bucket[j].Server != 0 && (int)(bucket[j].Expiry - now) > 0)
                {
                    int clientAt = ((i * PmLimit.BucketEntries) + j) * Be128.LengthBits / 8;
                    late += TryInsert(target, i, bucket[j], addresses.Span.Slice(clientAt, Be128.LengthBits / 8)) ? 1 : 0;
                }
            }
        }

        return late;
    }

    // Without its lock: packets of the same bucket may take the same place in that instant, and then one of the two is forgotten.
    private static bool TryInsert(PinnedTables target, int bucket, in PmFlow flow, ReadOnlySpan<byte> client)
    {
        Span<PmFlow> places = target.Flows.Span.Slice(bucket * PmLimit.BucketEntries, PmLimit.BucketEntries);
        int free = -1;
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i].Server == 0)
            {
                free = i;
            }
            else if (places[i].Saddr.Equals(flow.Saddr) && places[i].Sport.Equals(flow.Sport) && places[i].Tag == flow.Tag)
            {
                return false;
            }
        }

        if (free < 0)
        {
            return false;
        }

        target.Clients[(bucket * PmLimit.BucketEntries) + free] = MemoryMarshal.Read<Be128>(client);
        places[free] = flow with { Server = 0 };
        Volatile.Write(ref places[free].Server, flow.Server);
        ref PmLoad load = ref target.Loads[flow.Server];
        Interlocked.Increment(ref ConnectionStates.IsActive(flow.State) ? ref load.Active : ref load.Inactive);
        return true;
    }

    private bool HasSameFlowKeys(PinPaths target)
    {
        using BpfMap ours = Open(target, Names.Flows);
        return ours.Capacity == Buckets && FlowKey(_types) == FlowKey(BtfFile.OfMap(ours.ReadTypes()!));
    }

    // Layouts before it had that number have the first one.
    private static int FlowKey(BtfFile types) => types.Types.First(type => type is { Kind: BtfKind.Enum, Name: "pm_limit" })
        .Members.FirstOrDefault(member => member.Name == "PM_FLOW_KEY")?.OffsetOrNumber ?? 1;

    private static BpfMap Open(PinPaths paths, string name) =>
        BpfMap.TryOpen(paths.Of(name)) ?? throw new DataplaneException($"{name} is not pinned in {paths.Version}");

    private static RecordMap Fields(BpfMap from, BpfMap to) =>
        RecordMap.Between(BtfFile.OfMap(from.ReadTypes()!), from.ValueTypeId, BtfFile.OfMap(to.ReadTypes()!), to.ValueTypeId);

    private static RecordMap Keys(BpfMap from, BpfMap to) =>
        RecordMap.Between(BtfFile.OfMap(from.ReadTypes()!), from.KeyTypeId, BtfFile.OfMap(to.ReadTypes()!), to.KeyTypeId);

    // The kernel lays the values of arrays, and of each CPU, out in multiples of eight bytes.
    private static int RoundUp(int bytes) => (bytes + 7) / 8 * 8;

    private void CopyArray(string name, PinPaths target)
    {
        using BpfMap from = Open(_paths, name);
        using BpfMap to = Open(target, name);
        using MappedArray<byte> source = from.Map<byte>(writable: false);
        using MappedArray<byte> place = to.Map<byte>(writable: true);
        RecordMap fields = Fields(from, to);
        for (int i = 0; i < Math.Min(from.Capacity, to.Capacity); i++)
        {
            fields.Copy(
                source.Span.Slice(i * RoundUp(fields.FromBytes), fields.FromBytes), place.Span.Slice(i * RoundUp(fields.ToBytes), fields.ToBytes));
        }
    }

    private void CopyHash(string name, PinPaths target)
    {
        using BpfMap from = Open(_paths, name);
        using BpfMap to = Open(target, name);
        if (name == Names.Devices)
        {
            foreach (uint device in from.Keys<uint>())
            {
                to.Update(device, from.TryLookup(device, out uint below) ? below : device);
            }

            return;
        }

        RecordMap keys = Keys(from, to);
        RecordMap values = Fields(from, to);
        var key = new byte[to.KeySizeBytes];
        var value = new byte[to.ValueSizeBytes];
        foreach ((byte[] oldKey, byte[] oldValue) in from.ReadRaw(from.ValueSizeBytes))
        {
            keys.Copy(oldKey, key);
            values.Copy(oldValue, value);
            to.UpdateRaw(key, value);
        }
    }

    private void CopyCounters(PinPaths target)
    {
        using BpfMap from = Open(_paths, Names.ServerCounters);
        using BpfMap to = Open(target, Names.ServerCounters);
        using BpfMap ours = Open(target, Names.Servers);
        using MappedArray<byte> servers = ours.Map<byte>(writable: false);
        int serverBytes = RoundUp(ours.ValueSizeBytes);
        RecordMap fields = Fields(from, to);
        (int fromBytes, int toBytes) = (RoundUp(from.ValueSizeBytes), RoundUp(to.ValueSizeBytes));
        var value = new byte[toBytes * PossibleCpus.Count];
        for (int slot = 1; slot < ours.Capacity; slot++)
        {
            byte[] key = BitConverter.GetBytes(slot);
            bool isFree = !servers.Span.Slice(slot * serverBytes, serverBytes).ContainsAnyExcept((byte)0);
            if (isFree || from.LookupRaw(key, fromBytes * PossibleCpus.Count) is not { } old)
            {
                continue;
            }

            for (int cpu = 0; cpu < PossibleCpus.Count; cpu++)
            {
                fields.Copy(old.AsSpan(cpu * fromBytes, fields.FromBytes), value.AsSpan(cpu * toBytes, toBytes));
            }

            to.UpdateRaw(key, value);
        }
    }

    // Verdicts come and go: they keep their names, not their numbers.
    private void CopyVerdicts(PinPaths target)
    {
        using BpfMap from = Open(_paths, Names.Verdicts);
        using BpfMap to = Open(target, Names.Verdicts);
        Dictionary<string, int> before = Verdicts(_types);
        foreach ((string name, int number) in Verdicts(BtfFile.OfMap(to.ReadTypes()!)))
        {
            if (number < to.Capacity && before.TryGetValue(name, out int old) && old < from.Capacity
                && from.LookupRaw(BitConverter.GetBytes(old), sizeof(ulong) * PossibleCpus.Count) is { } counts)
            {
                to.UpdateRaw(BitConverter.GetBytes(number), counts);
            }
        }
    }

    private static Dictionary<string, int> Verdicts(BtfFile types) => types.Types.First(type => type is { Kind: BtfKind.Enum, Name: "pm_verdict" })
        .Members.ToDictionary(member => member.Name, member => member.OffsetOrNumber);

    /// <summary>Packets went on while the tables were copied: only what is in the new ones, of this version, may be counted there.</summary>
    internal static void CountConnections(PinPaths target)
    {
        using BpfMap flowMap = Open(target, Names.Flows);
        using BpfMap loadMap = Open(target, Names.Loads);
        using MappedArray<PmFlow> flows = flowMap.Map<PmFlow>(writable: false);
        using MappedArray<PmLoad> loads = loadMap.Map<PmLoad>(writable: true);
        foreach (ref PmLoad load in loads.Span)
        {
            (load.Active, load.Inactive) = (0, 0);
        }

        foreach (ref readonly PmFlow flow in flows.Span)
        {
            if (flow.Server != 0 && flow.Server < loads.Count)
            {
                ref PmLoad load = ref loads[flow.Server];
                (ConnectionStates.IsActive(flow.State) ? ref load.Active : ref load.Inactive)++;
            }
        }
    }
}
