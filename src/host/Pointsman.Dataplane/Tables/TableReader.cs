using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// Reads the tables back into words an operator knows. Decides nothing; may run while packets change what it reads.
/// </summary>
internal static class TableReader
{
    internal static DataplaneSnapshot Snapshot(PinnedTables tables)
    {
        Dictionary<uint, int> clients = PersistentConnections(tables, tables.NowTicks());
        ILookup<uint, int> slots = SlotsByService(tables);
        var services = new List<ServiceSnapshot>();
        foreach (PmServiceKey key in tables.Services.Keys<PmServiceKey>())
        {
            if (tables.Services.TryLookup(key, out PmService service))
            {
                services.Add(Service(tables, key, service, slots[service.Id], clients));
            }
        }

        services.Sort((left, right) => left.Key.Protocol != right.Key.Protocol
            ? left.Key.Protocol.CompareTo(right.Key.Protocol)
            : left.Key.Address.CompareTo(right.Key.Address));
        var verdicts = ImmutableDictionary.CreateBuilder<string, long>();
        for (int i = 0; i < PmVerdictNames.All.Length; i++)
        {
            verdicts.Add(PmVerdictNames.All[i], CounterSums.Verdict(tables, i));
        }

        return new DataplaneSnapshot(
            [.. services], verdicts.ToImmutable(), CountConnections(tables), tables.Flows.Count)
        {
            Peers = Peers(tables),
        };
    }

    internal static CounterReading Counters(PinnedTables tables)
    {
        var services = new Dictionary<ServiceKey, Counters>();
        var servers = new Dictionary<(ServiceKey, TransportEndpoint), Counters>();
        ILookup<uint, int> slots = SlotsByService(tables);
        foreach (PmServiceKey key in tables.Services.Keys<PmServiceKey>())
        {
            if (!tables.Services.TryLookup(key, out PmService service))
            {
                continue;
            }

            ServiceKey name = KeyNames.Read(tables, key);
            Counters totals = CounterSums.Retired(tables, service.Id);
            foreach (int slot in slots[service.Id])
            {
                PmServer record = tables.Servers[slot];
                Counters counters = CounterSums.Server(tables, (uint)slot);
                totals += counters;
                if ((record.Flags & (ushort)PmServerFlag.Planned) != 0)
                {
                    servers[(name, RealServer(tables, record))] = counters;
                }
            }

            services[name] = totals;
        }

        return new CounterReading(services, servers);
    }

    internal static ImmutableArray<PeerDirector> Peers(PinnedTables tables)
    {
        var peers = ImmutableArray.CreateBuilder<PeerDirector>();
        for (int i = PmLimit.PeersHeard; i < tables.Peers.Count; i++)
        {
            if (PeerRecord.Read(tables.Peers[i]) is { } peer)
            {
                peers.Add(peer);
            }
        }

        return peers.ToImmutable();
    }

    internal static int CountConnections(PinnedTables tables)
    {
        uint sum = 0;
        foreach (ref readonly PmLoad load in tables.Loads.Span)
        {
            sum += load.Active + load.Inactive;
        }

        return Math.Max(0, (int)sum);
    }

    internal static TunnelChecksum TunnelChecksumOf(ushort flags) =>
        (flags & (ushort)PmServerFlag.Remcsum) != 0 ? TunnelChecksum.Remote
        : (flags & (ushort)PmServerFlag.Summed) != 0 ? TunnelChecksum.Outer
        : TunnelChecksum.None;

    internal static TransportEndpoint RealServer(PinnedTables tables, in PmServer server) =>
        new(AddressNumbers.Read(tables, server.Rip, (byte)((server.Flags & (ushort)PmServerFlag.V6) == 0 ? PmFamily.V4 : PmFamily.V6)), server.Rport.Value);

    internal static List<(PmTemplateKey Key, PmTemplate Template)> Templates(PinnedTables tables)
    {
        var templates = new List<(PmTemplateKey, PmTemplate)>();
        var pieces = new TemplatePieces(tables);
        do
        {
            int count = pieces.Read();
            for (int i = 0; i < count; i++)
            {
                templates.Add(pieces[i]);
            }
        }
        while (!pieces.IsAtEnd);
        return templates;
    }

    private static ServiceSnapshot Service(
        PinnedTables tables,
        in PmServiceKey key,
        in PmService service,
        IEnumerable<int> slots,
        Dictionary<uint, int> clients)
    {
        Counters totals = CounterSums.Retired(tables, service.Id);
        var servers = new List<(int Order, ServerSnapshot Server)>();
        foreach (int slot in slots)
        {
            PmServer record = tables.Servers[slot];
            Counters counters = CounterSums.Server(tables, (uint)slot);
            totals += counters;
            if ((record.Flags & (ushort)PmServerFlag.Planned) != 0)
            {
                // Counts are added to after the lock is let go: for a moment one may be ahead of another.
                PmLoad load = tables.Loads[slot];
                servers.Add((record.Order, new ServerSnapshot(
                    RealServer(tables, record),
                    (ForwardingMethod)record.Method,
                    (int)record.Weight,
                    (record.Flags & (ushort)PmServerFlag.Up) != 0,
                    Math.Max(0, (int)load.Active),
                    Math.Max(0, (int)load.Inactive),
                    clients.GetValueOrDefault((uint)slot),
                    counters)
                {
                    Tunnel = (TunnelKind)record.Tunnel,
                    TunnelPort = record.TunnelPort.Value,
                    TunnelChecksum = TunnelChecksumOf(record.Flags),
                    UpperThreshold = (int)load.Upper,
                    LowerThreshold = (int)load.Lower,
                }));
            }
        }

        ServiceKey name = KeyNames.Read(tables, key);
        return new ServiceSnapshot(
            name,
            Scheduler(service.Scheduler),
            service.PersistenceSeconds == 0 ? null : TimeSpan.FromSeconds(service.PersistenceSeconds),
            (int)service.PrefixLength - Be128.LengthBits + name.Address.Address.LengthBits,
            totals,
            [.. servers.OrderBy(server => server.Order).Select(server => server.Server)])
        {
            PersistenceGaps = service.ClientGaps.Value,
            Flags = (ServiceFlags)service.Flags,
        };
    }

    private static ILookup<uint, int> SlotsByService(PinnedTables tables) =>
        tables.UsedSlots().ToLookup(slot => (uint)tables.Servers[slot].Service);

    private static Dictionary<uint, int> PersistentConnections(PinnedTables tables, ulong now)
    {
        var clients = new Dictionary<uint, int>();
        foreach ((_, PmTemplate template) in Templates(tables))
        {
            if (Clock.Until(template.Expiry, now) > 0 || (int)template.Refs > 0)
            {
                clients[template.Server] = clients.GetValueOrDefault(template.Server) + 1;
            }
        }

        return clients;
    }

    internal static SchedulerKind Scheduler(byte scheduler) => Enum.IsDefined((SchedulerKind)scheduler)
        ? (SchedulerKind)scheduler
        : throw new InvalidDataException($"scheduler {scheduler} in the pinned tables");
}
