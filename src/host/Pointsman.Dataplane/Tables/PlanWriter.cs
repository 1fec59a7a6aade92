using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/* Brings the tables from whatever is in them to the plan. The order keeps each moment sound for packets: a server is
   written before a ring names it and taken back after no ring does; an address is known before its service and
   forgotten after; a ring is written where no service looks and then the service is turned to it in one step. What
   cannot be done (too many servers, an unsupported method) is found before anything is written.

   Nothing is written that stands there already: what a plan costs is what it changes, and that is counted. */

/// <summary>Reconciles services, servers, rings, addresses and peers with a plan.</summary>
internal sealed class PlanWriter
{
    /// <summary>The MTU of a way that is not known: no packet is larger (RFC 791 §3.1).</summary>
    internal const ushort AnySize = ushort.MaxValue;

    private readonly PinnedTables _tables;
    private readonly WriteCount _writes;
    private readonly AddressNumbers _numbers;
    private readonly ServerSlots _slots;
    private readonly AnswerChains _answers;
    private readonly LoadTrees _trees;
    private readonly LocalityRecords _localities;
    private readonly ServiceRings _rings;
    private readonly VipRecords _vips;
    private readonly VlanInterfaces _vlans;
    private Dictionary<(ServiceKey, TransportEndpoint), uint> _slotOf = [];
    private IReadOnlySet<int> _merging = new HashSet<int>();

    internal PlanWriter(PinnedTables tables, WriteCount writes)
    {
        _tables = tables;
        _writes = writes;
        _numbers = new AddressNumbers(tables, writes);
        _slots = new ServerSlots(tables, writes);
        _answers = new AnswerChains(tables, writes);
        _trees = new LoadTrees(tables, writes);
        _localities = new LocalityRecords(tables, writes);
        _rings = new ServiceRings(tables, _trees, writes);
        _vips = new VipRecords(tables.Vips, writes);
        _vlans = new VlanInterfaces(tables, writes);
    }

    /// <summary>Null: the last plan has no such server.</summary>
    internal uint? SlotOf(ServiceKey service, TransportEndpoint server) =>
        _slotOf.TryGetValue((service, server), out uint slot) ? slot : null;

    /// <summary>Puts right what packets of several CPUs at once have left wrong of the order of a service's servers.</summary>
    /// <returns>How many winners were wrong.</returns>
    internal int MendTrees() => _trees.Mend();

    /// <param name="merging">The interfaces by which several packets may come in put together as one: those in the generic mode.</param>
    internal void Write(ForwardingPlan plan, IReadOnlySet<int> merging)
    {
        _merging = merging;
        PlanLimits.Check(plan);
        _vlans.Look();
        List<ServiceDraft> drafts = Draft(plan);
        foreach (ServiceDraft draft in drafts)
        {
            WritePool(draft);
        }

        foreach (ServiceDraft draft in drafts)
        {
            foreach (ServerDraft server in draft.Servers)
            {
                WriteServer(server);
            }
        }

        _answers.Link(without: []);
        WritePeers(plan.Peers);
        WriteAddresses(plan);
        _vlans.Write();
        WriteDevices(plan);
        _rings.Begin([.. CurrentExtents()]);
        foreach (ServiceDraft draft in drafts)
        {
            WriteService(draft);
        }

        RemoveServices(drafts);
        foreach (ServiceDraft draft in drafts)
        {
            foreach (ServerDraft server in draft.Servers)
            {
                _slots.SetFlags(server.Slot, (PmServerFlag)server.Record.Flags);
            }
        }

        RetireServers(drafts);
        _slotOf = drafts.SelectMany(draft => draft.Servers.Select(server => (draft.Plan.Key, server))).ToDictionary(
            pair => (pair.Key, pair.server.Plan.Address), pair => pair.server.Slot);
        RemoveAddresses(plan);
        RemoveDevices(plan);
        _numbers.FreeUnused();
    }

    private PmServiceKey KeyOf(ServiceKey key) => KeyNames.Write(key, _numbers.Name);

    private static PmOwnerFlag OwnerFlags(PlannedService service) =>
        (service.LeaseSlot is null ? 0 : PmOwnerFlag.NeedsLease) | (service.HasLocalServer ? PmOwnerFlag.HasLocal : 0);

    // All addresses of clients are of 128 bits there.
    private static uint PrefixLengthOf(PlannedService service) =>
        (uint)(Be128.LengthBits - service.Key.Address.Address.LengthBits + service.PersistencePrefixLength);

    private static IEnumerable<int> InterfacesOf(ForwardingPlan plan) => plan.Services
        .SelectMany(service => service.Servers)
        .Select(server => server.NextHop?.InterfaceIndex)
        .OfType<int>()
        .Concat(plan.InterfaceIndexes)
        .Distinct();

    private List<ServiceDraft> Draft(ForwardingPlan plan)
    {
        (Dictionary<ServerIdentity, uint> slots, Dictionary<PmServiceKey, uint> leftServices) = _slots.Index();
        HashSet<uint> idsInUse = [.. leftServices.Values];
        var current = new Dictionary<PmServiceKey, PmService>();
        foreach (PmServiceKey key in _tables.Services.Keys<PmServiceKey>())
        {
            if (_tables.Services.TryLookup(key, out PmService value))
            {
                current[key] = value;
                idsInUse.Add(value.Id);
            }
        }

        using IEnumerator<uint> free = _slots.Free().GetEnumerator();
        var drafts = new List<ServiceDraft>();
        foreach (PlannedService service in plan.Services)
        {
            PmServiceKey key = KeyOf(service.Key);
            bool isKnown = current.TryGetValue(key, out PmService before);
            uint id = isKnown ? before.Id : (leftServices.TryGetValue(key, out uint left) ? left : TakeId(idsInUse));
            var draft = new ServiceDraft(service, key, id, isKnown ? before : null);
            for (int order = 0; order < service.Servers.Length; order++)
            {
                PlannedServer server = service.Servers[order];
                var identity = new ServerIdentity(
                    id, _numbers.Name(server.Address.Address), new Be16(server.Address.Port), !server.Address.Address.IsV4);
                bool isNew = !slots.TryGetValue(identity, out uint slot);
                if (isNew && !free.MoveNext())
                {
                    throw new DataplaneException(
                        $"more than {_slots.Capacity} real servers (those that are removed count until their last "
                        + "connection is over)");
                }

                draft.Servers.Add(
                    new ServerDraft(isNew ? free.Current : slot, isNew, server, Record(service, key, id, server, order)));
            }

            drafts.Add(draft);
        }

        return drafts;
    }

    private static uint TakeId(HashSet<uint> used)
    {
        for (uint id = 0; id < PmLimit.Services; id++)
        {
            if (used.Add(id))
            {
                return id;
            }
        }

        throw new DataplaneException(
            $"more than {PmLimit.Services} virtual services (those that are removed count until their last connection "
            + "is over)");
    }

    private PmServer Record(PlannedService service, in PmServiceKey key, uint id, PlannedServer server, int order)
    {
        PmServerFlag flags = PmServerFlag.Planned
            | (server.IsUp ? PmServerFlag.Up : 0)
            | (server.IsLocal ? PmServerFlag.Local : 0)
            | (server.NextHop is null ? 0 : PmServerFlag.HasMac)
            | (server.Address.Address.IsV4 ? 0 : PmServerFlag.V6)
            | (server.NextHop is { } way && _vlans.Has((uint)way.InterfaceIndex) ? PmServerFlag.Tagged : 0)
            | (server.NextHop is { } hopBack && _merging.Contains(hopBack.InterfaceIndex) ? PmServerFlag.Merges : 0)
            | (server.Method == ForwardingMethod.Tunnel ? PmServerFlag.Tunnel : 0)
            | (server.Tunnel is { Checksum: not TunnelChecksum.None } ? PmServerFlag.Summed : 0)
            | (server.Tunnel is { Checksum: TunnelChecksum.Remote } ? PmServerFlag.Remcsum : 0)
            | (server.Method == ForwardingMethod.Masquerade ? PmServerFlag.Nat : 0)
            | (server.Method == ForwardingMethod.Masquerade && service.LocalAddresses.Length > 0 ? PmServerFlag.Guised : 0);
        var record = new PmServer
        {
            Flags = (ushort)flags,
            OwnerFlags = (ushort)OwnerFlags(service),
            Lease = (ushort)(service.LeaseSlot ?? 0),
            Service = (ushort)id,
            Weight = (uint)server.Weight,
            Vip = key.Addr,
            Vport = key.Port,
            Rip = _numbers.Name(server.Address.Address),
            Rport = new Be16(server.Address.Port),
            Proto = key.Proto,
            Family = key.Family,
            Method = (byte)server.Method,
            Order = (ushort)order,
            PrefixLength = (byte)PrefixLengthOf(service),
            ClientGaps = new Be32(service.PersistenceGaps),
            Rules = (byte)service.Rules,
            Mtu = MtuOf(server),
        };
        if (server.Tunnel is { } tunnel)
        {
            record.Tunnel = (byte)tunnel.Kind;
            record.TunnelPort = new Be16(tunnel.Port);
            if (tunnel.Source is { } source)
            {
                record.TunnelSource = _numbers.Name(source);
            }
        }

        if (server.NextHop is { } hop)
        {
            record.Ifindex = (uint)hop.InterfaceIndex;
            hop.Source.WriteBytes(record.SourceMac);
            hop.Target.WriteBytes(record.TargetMac);
        }

        return record;
    }

    private ushort MtuOf(PlannedServer server)
    {
        int way = server.Tunnel?.Mtu ?? (server.Mtu > 0 ? server.Mtu : AnySize);
        int most = server.NextHop is { } hop ? _vlans.MostOf((uint)hop.InterfaceIndex) : AnySize;
        return (ushort)Math.Clamp(Math.Min(way, most), 0, AnySize);
    }

    // A server that goes down stays up until no ring names it.
    private void WriteServer(ServerDraft server)
    {
        if (server.IsNew)
        {
            _slots.Occupy(server.Slot, server.Record);
        }
        else
        {
            PmServer record = server.Record;
            record.Flags |= (ushort)(_tables.Servers[(int)server.Slot].Flags & (int)PmServerFlag.Up);
            _slots.Revise(server.Slot, record);
        }

        _slots.SetLimits(server.Slot, server.Plan);
    }

    // Hashing schedulers give away the places of a server that is down, as IPVS does of one that was removed; those of
    // one without weight they keep.
    private ImmutableArray<WeightedServer> Scheduled(ServiceDraft draft)
    {
        bool omitsDown = draft.Plan.Scheduler is SchedulerKind.Sh or SchedulerKind.Dh or SchedulerKind.Mh;
        return [.. draft.Servers.Where(server => server.Plan.IsUp || !omitsDown).Select(server =>
            new WeightedServer((int)server.Slot, server.Plan.IsUp ? server.Plan.Weight : 0)
            {
                Address = server.Plan.Address,
                LastWeight = server.Plan.Weight > 0 ? server.Plan.Weight : (int)_tables.Loads[(int)server.Slot].LastWeight,
            })];
    }

    private void WriteService(ServiceDraft draft)
    {
        if (draft.Before is null && !draft.Servers.Any(server => !server.IsNew))
        {
            _tables.Cursors[(int)draft.Id] = default;
            _tables.Retired[(int)draft.Id] = default;
            _writes.Add(2);
        }

        // IPVS's schedulers, too, begin with an empty memory.
        if (draft.Plan.Scheduler is SchedulerKind.Lblc or SchedulerKind.Lblcr
            && (draft.Before is not { } former || former.Scheduler != (byte)draft.Plan.Scheduler))
        {
            _localities.Empty(draft.Id, draft.Plan.Key.IsMark);
        }

        LaidRing ring = _rings.Lay(
            draft.Key,
            draft.Id,
            draft.Plan.Scheduler,
            Scheduled(draft),
            draft.Before);
        (int At, int Length) shares = _rings.LayShares(draft.Plan.Scheduler, Scheduled(draft), draft.Before);
        var service = new PmService
        {
            Id = draft.Id,
            Lease = (uint)(draft.Plan.LeaseSlot ?? 0),
            OwnerFlags = (ushort)OwnerFlags(draft.Plan),
            Scheduler = (byte)draft.Plan.Scheduler,
            Flags = (byte)draft.Plan.Flags,
            RingAt = (uint)ring.At,
            RingLength = (uint)ring.Length,
            RootAt = (uint)ring.RootAt,
            ShareAt = (uint)shares.At,
            ShareLength = (uint)shares.Length,
            PersistenceTicks = draft.Plan.Persistence is { } time ? Clock.ToTicks(time, _tables.TicksPerSecond) : 0,
            PersistenceSeconds = (uint)(draft.Plan.Persistence?.TotalSeconds ?? 0),
            PrefixLength = (ushort)PrefixLengthOf(draft.Plan),
            ClientGaps = new Be32(draft.Plan.PersistenceGaps),
            Rules = (ushort)draft.Plan.Rules,
        };

        _trees.Point(ring, draft.Servers.Select(server => server.Slot));
        if (draft.Before is not { } same || !same.Equals(service))
        {
            _tables.Services.Update(draft.Key, service);
            _writes.Add();
        }

        _trees.Keep(draft.Key, ring);
    }

    // Before any server's record says that it is used. A connection that has an address keeps it.
    private void WritePool(ServiceDraft draft)
    {
        var pool = new PmPool { Count = (uint)draft.Plan.LocalAddresses.Length };
        for (int i = 0; i < draft.Plan.LocalAddresses.Length; i++)
        {
            pool.Addresses[i] = new Be128(draft.Plan.LocalAddresses[i].Address);
        }

        ref PmPool place = ref _tables.Pools[(int)draft.Id];
        if (place.Count != pool.Count || !((ReadOnlySpan<Be128>)place.Addresses).SequenceEqual(pool.Addresses))
        {
            // Packets read it meanwhile: never more addresses than stand there.
            Volatile.Write(ref place.Count, Math.Min(place.Count, pool.Count));
            place.Addresses = pool.Addresses;
            Volatile.Write(ref place.Count, pool.Count);
            _writes.Add();
        }
    }

    private IEnumerable<(int At, int Length)> CurrentExtents()
    {
        foreach (PmServiceKey key in _tables.Services.Keys<PmServiceKey>())
        {
            if (_tables.Services.TryLookup(key, out PmService service))
            {
                yield return new LaidRing(service).Extent;
                yield return ((int)service.ShareAt, (int)service.ShareLength);
            }
        }
    }

    private void RemoveServices(List<ServiceDraft> drafts)
    {
        var wanted = drafts.Select(draft => draft.Key).ToHashSet();
        foreach (PmServiceKey key in _tables.Services.Keys<PmServiceKey>())
        {
            if (!wanted.Contains(key))
            {
                _tables.Services.TryDelete(key);
                _writes.Add();
                _rings.Forget(key);
                _trees.Forget(key);
            }
        }
    }

    private void RetireServers(List<ServiceDraft> drafts)
    {
        var planned = drafts.SelectMany(draft => draft.Servers).Select(server => server.Slot).ToHashSet();
        foreach (int slot in _tables.UsedSlots().Where(slot => !planned.Contains((uint)slot)))
        {
            int flags = _tables.Servers[slot].Flags & ~(int)(PmServerFlag.Up | PmServerFlag.Planned);
            _slots.SetFlags((uint)slot, (PmServerFlag)flags);
            _trees.Forget((uint)slot);
        }
    }

    private void WriteAddresses(ForwardingPlan plan)
    {
        _vips.Write(VipsOf(plan));
        foreach (IpAddress vip in Addressed(plan).Select(service => service.Key.Address.Address).Distinct())
        {
            Prefilter.Add(_tables.Prefilter.Span[..PmLimit.PrefilterWords], vip, _writes);
        }
    }

    private void RemoveAddresses(ForwardingPlan plan)
    {
        var balanced = Addressed(plan).Select(service => service.Key.Address.Address).ToHashSet();
        Prefilter.Restrict(_tables.Prefilter.Span[..PmLimit.PrefilterWords], balanced, _writes);
        _vips.Keep(VipsOf(plan));
    }

    // Those by a mark have any address.
    private static IEnumerable<PlannedService> Addressed(ForwardingPlan plan) => plan.Services.Where(service => !service.Key.IsMark);

    // An address of a service that no instance moves is listed too, and needs no lease.
    internal static Dictionary<Be128, PmVip> Moving(IEnumerable<OwnedAddress> addresses) => addresses.ToDictionary(
        address => new Be128(address.Address),
        address => new PmVip { Lease = (uint)address.LeaseSlot, OwnerFlags = (uint)PmOwnerFlag.NeedsLease });

    private static Dictionary<Be128, PmVip> VipsOf(ForwardingPlan plan)
    {
        Dictionary<Be128, PmVip> vips = Moving(plan.Addresses);
        foreach (IGrouping<IpAddress, PlannedService> vip in Addressed(plan).GroupBy(
            service => service.Key.Address.Address))
        {
            // Services of one address share its lease: the instance that holds the address grants it.
            PlannedService first = vip.First();
            PmOwnerFlag flags = vip.Aggregate((PmOwnerFlag)0, (all, service) => all | OwnerFlags(service));
            vips[new Be128(vip.Key)] = new PmVip { Lease = (uint)(first.LeaseSlot ?? 0), OwnerFlags = (uint)flags };
        }

        // A mark may be on packets to any address. Where this node is a server by one, the lease alone keeps packets from going round.
        foreach (PlannedService marked in plan.Services.Where(service => service is { Key.IsMark: true, HasLocalServer: true }))
        {
            foreach (OwnedAddress address in plan.Addresses.Where(address => address.Address.Family == marked.Key.Address.Address.Family))
            {
                PmVip vip = vips[new Be128(address.Address)];
                vips[new Be128(address.Address)] = vip with { OwnerFlags = vip.OwnerFlags | (uint)PmOwnerFlag.HasLocal };
            }
        }

        foreach (LocalAddress local in plan.Services.SelectMany(service => service.LocalAddresses))
        {
            if (local.LeaseSlot is { } lease)
            {
                vips.TryAdd(new Be128(local.Address), new PmVip { Lease = (uint)lease, OwnerFlags = (uint)PmOwnerFlag.NeedsLease });
            }
        }

        return vips;
    }

    private void WriteDevices(ForwardingPlan plan)
    {
        foreach (uint index in InterfacesOf(plan).Select(index => (uint)index))
        {
            uint device = _vlans.DeviceOf(index);
            if (_tables.Devices.TryLookup(index, out uint before) && before == device)
            {
                continue;
            }

            try
            {
                _tables.Devices.Update(index, device);
                _writes.Add();
            }
            catch (Linux.ErrnoException gone) when (gone.Errno is Linux.Errno.InvalidArgument or Linux.Errno.NoDevice)
            {
                // The interface went away after the plan was made; the next one knows.
            }
        }
    }

    private void RemoveDevices(ForwardingPlan plan)
    {
        var wanted = InterfacesOf(plan).Select(index => (uint)index).ToHashSet();
        foreach (uint index in _tables.Devices.Keys<uint>())
        {
            if (!wanted.Contains(index))
            {
                _tables.Devices.TryDelete(index);
                _writes.Add();
            }
        }
    }

    // The first places belong to the VRRP process. A peer's bit is there before the peer is and until after it was.
    private void WritePeers(IReadOnlyList<PeerDirector> peers)
    {
        ref ulong filter = ref _tables.PeerFilter[0].Planned;
        _writes.Set(ref filter, peers.Aggregate(filter, (bits, peer) => bits | PeerRecord.FilterBit(peer.Mac.Bits)));
        for (int i = PmLimit.PeersHeard; i < _tables.Peers.Count; i++)
        {
            int at = i - PmLimit.PeersHeard;
            if (PeerRecord.Write(ref _tables.Peers[i], at < peers.Count ? peers[at] : null))
            {
                _writes.Add();
            }
        }

        _writes.Set(ref filter, PeerRecord.FilterOf(_tables.Peers.Span[PmLimit.PeersHeard..]));
    }

    private sealed record ServiceDraft(PlannedService Plan, PmServiceKey Key, uint Id, PmService? Before)
    {
        internal List<ServerDraft> Servers { get; } = [];
    }

    private sealed record ServerDraft(uint Slot, bool IsNew, PlannedServer Plan, PmServer Record);
}
