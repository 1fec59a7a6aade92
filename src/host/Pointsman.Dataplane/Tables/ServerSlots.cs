using System.Runtime.InteropServices;
using Pointsman.Balance;
using Pointsman.Balance.Schedulers;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// The servers' slots. A connection's entry names its server by slot, so a slot belongs to one server of one service
/// until the last connection there is over, also while the server is down or no longer configured. Slot 0 means none.
/// </summary>
internal sealed class ServerSlots(PinnedTables tables, WriteCount writes)
{
    private HashSet<int> _idleBefore = [];

    internal int Capacity => tables.Servers.Count - 1;

    /// <summary>
    /// All slots in use, by what is fixed of their servers; and the services that servers' records still name.
    /// </summary>
    internal (Dictionary<ServerIdentity, uint> Slots, Dictionary<PmServiceKey, uint> Services) Index()
    {
        var slots = new Dictionary<ServerIdentity, uint>();
        var services = new Dictionary<PmServiceKey, uint>();
        foreach (int slot in tables.UsedSlots())
        {
            PmServer record = tables.Servers[slot];
            slots[new ServerIdentity(record.Service, record.Rip, record.Rport, (record.Flags & (ushort)PmServerFlag.V6) != 0)] = (uint)slot;
            var service = new PmServiceKey { Addr = record.Vip, Port = record.Vport, Proto = record.Proto, Family = record.Family };
            services[service] = record.Service;
        }

        return (slots, services);
    }

    /// <summary>Slots that are free now, in order.</summary>
    internal IEnumerable<uint> Free()
    {
        for (int slot = 1; slot < tables.Servers.Count; slot++)
        {
            if (tables.Servers[slot].Proto == 0)
            {
                yield return (uint)slot;
            }
        }
    }

    /// <summary>Writes a record into a free slot; packets see it when its protocol is there.</summary>
    internal void Occupy(uint slot, in PmServer record)
    {
        ref PmServer place = ref tables.Servers[(int)slot];
        tables.Loads[(int)slot] = default;
        tables.ServerCounters.UpdatePerCpu<uint, PmCounters>(slot, new PmCounters[Linux.Bpf.PossibleCpus.Count]);
        PmServer hidden = record;
        hidden.Proto = 0;
        place = hidden;
        Volatile.Write(ref place.Proto, record.Proto);
        writes.Add(3);
    }

    /// <summary>Changes what may change of a server that is in use, field by field.</summary>
    internal void Revise(uint slot, in PmServer record)
    {
        ref PmServer place = ref tables.Servers[(int)slot];
        // The chain of answers is another's.
        PmServer unchained = place;
        unchained.NextBack = record.NextBack;
        if (AsBytes(unchained).SequenceEqual(AsBytes(record)))
        {
            return;
        }

        writes.Add();
        if (record.Weight == 0 && place.Weight > 0)
        {
            tables.Loads[(int)slot].LastWeight = place.Weight;
            writes.Add();
        }

        bool sameWay = ((ReadOnlySpan<byte>)place.SourceMac).SequenceEqual((ReadOnlySpan<byte>)record.SourceMac)
            && ((ReadOnlySpan<byte>)place.TargetMac).SequenceEqual((ReadOnlySpan<byte>)record.TargetMac)
            && place.Ifindex == record.Ifindex
            && (place.TunnelSource, place.TunnelPort, place.Tunnel, place.Mtu)
                == (record.TunnelSource, record.TunnelPort, record.Tunnel, record.Mtu)
            && ((place.Flags ^ record.Flags) & (int)PmServerFlag.Summed) == 0;
        if (!sameWay)
        {
            // No packet is sent by a mixture of two ways: for these few instructions it is dropped.
            Volatile.Write(ref place.Flags, (ushort)(place.Flags & ~(int)PmServerFlag.HasMac));
            place.SourceMac = record.SourceMac;
            place.TargetMac = record.TargetMac;
            place.Ifindex = record.Ifindex;
            place.TunnelSource = record.TunnelSource;
            place.TunnelPort = record.TunnelPort;
            place.Tunnel = record.Tunnel;
            place.Mtu = record.Mtu;
        }

        place.Lease = record.Lease;
        place.Weight = record.Weight;
        place.Method = record.Method;
        place.Order = record.Order;
        place.PrefixLength = record.PrefixLength;
        place.ClientGaps = record.ClientGaps;
        place.OwnerFlags = record.OwnerFlags;
        place.Rules = record.Rules;
        Volatile.Write(ref place.Flags, record.Flags);
    }

    /// <summary>What the server may bear. Packets count in the same record.</summary>
    internal void SetLimits(uint slot, PlannedServer server)
    {
        ref PmLoad load = ref tables.Loads[(int)slot];
        var limits = new ConnectionLimits(server.UpperThreshold, server.LowerThreshold);
        if (load.Upper == limits.Upper && load.Lower == limits.Lower && load.RecoversBelow == limits.RecoversBelow)
        {
            return;
        }

        writes.Add();
        bool isRelieved = limits.Upper == 0 || limits.Upper > load.Upper;
        Volatile.Write(ref load.Upper, (uint)limits.Upper);
        load.Lower = (uint)limits.Lower;
        Volatile.Write(ref load.RecoversBelow, (uint)limits.RecoversBelow);
        if (isRelieved)
        {
            Volatile.Write(ref load.Overloaded, 0);
        }
    }

    internal void SetFlags(uint slot, PmServerFlag flags)
    {
        ref ushort place = ref tables.Servers[(int)slot].Flags;
        if (place != (ushort)flags)
        {
            Volatile.Write(ref place, (ushort)flags);
            writes.Add();
        }
    }

    /// <summary>
    /// Frees the slots of servers that are not planned and had no connections now and at the last call, about a second
    /// ago: a packet that had chosen one before its plan ended is long through. Their counts stay with the service.
    /// </summary>
    internal void FreeUnused()
    {
        HashSet<int> idle = [.. tables.UsedSlots().Where(IsIdle)];
        HashSet<int> free = [.. idle.Where(_idleBefore.Contains)];
        if (free.Count > 0)
        {
            new AnswerChains(tables, writes).Link(free);
            new LocalityRecords(tables, writes).TakeOut(free);
        }

        foreach (int slot in free)
        {
            Free(slot);
        }

        idle.ExceptWith(free);
        _idleBefore = idle;
    }

    private static ReadOnlySpan<byte> AsBytes(in PmServer record) => MemoryMarshal.AsBytes(new ReadOnlySpan<PmServer>(in record));

    private bool IsIdle(int slot)
    {
        ref PmServer record = ref tables.Servers[slot];
        PmLoad load = tables.Loads[slot];
        return (record.Flags & (ushort)PmServerFlag.Planned) == 0
            && load.Active == 0
            && load.Inactive == 0;
    }

    private void Free(int slot)
    {
        ref PmServer record = ref tables.Servers[slot];
        Counters counters = CounterSums.Server(tables, (uint)slot);
        ref PmCounters retired = ref tables.Retired[(int)record.Service];
        retired.Connections += (ulong)counters.Connections;
        retired.Packets += (ulong)counters.PacketsIn;
        retired.Bytes += (ulong)counters.BytesIn;
        retired.PacketsOut += (ulong)counters.PacketsOut;
        retired.BytesOut += (ulong)counters.BytesOut;
        Volatile.Write(ref record.Proto, 0);
        record = default;
    }
}

/// <summary>A real server of one service.</summary>
internal readonly record struct ServerIdentity(uint Service, Be32 Address, Be16 Port, bool IsV6);
