using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Wire.Synchronisation;

namespace Pointsman.Dataplane.Synchronisation;

/// <summary>Which service and real server of this node an entry of another director means.</summary>
internal sealed class SyncPlaces(PinnedTables tables)
{
    private const int FreshMs = 1_000;

    private readonly Dictionary<IpAddress, Be32> _numbers = [];
    private readonly Dictionary<(Be32 Name, ushort Port, byte Proto, byte Family), List<int>> _services = [];
    private long _readAtMs = long.MinValue / 2;

    /// <summary>Looks again at what may have changed; cheap when that was a moment ago.</summary>
    internal void Refresh()
    {
        if (Environment.TickCount64 - _readAtMs < FreshMs)
        {
            return;
        }

        _readAtMs = Environment.TickCount64;
        _numbers.Clear();
        _services.Clear();
        foreach (int slot in tables.UsedSlots())
        {
            PmServer server = tables.Servers[slot];
            if ((server.Flags & (ushort)PmServerFlag.Planned) == 0)
            {
                continue;
            }

            if (server.Family != (byte)PmFamily.V4 && !KeyNames.IsMark(server.Proto))
            {
                _numbers[AddressNumbers.Read(tables, server.Vip, server.Family)] = server.Vip;
            }

            (Be32, ushort, byte, byte) key = (server.Vip, server.Vport.Value, server.Proto, server.Family);
            if (!_services.TryGetValue(key, out List<int>? slots))
            {
                _services[key] = slots = [];
            }

            slots.Add(slot);
        }
    }

    /// <param name="target">What packets of the connection are hashed by, in place of its target's address.</param>
    /// <returns>The server's slot, or why there is none.</returns>
    internal int Find(in SyncEntry entry, out Be32 target, out SyncRefusal refusal)
    {
        refusal = SyncRefusal.NoService;
        byte family = AddressNumbers.FamilyOf(entry.Client);
        target = new Be32(Prefilter.Fold(entry.Virtual));
        (Be32 Name, ushort Port, byte Proto, byte Family) key = (new Be32(entry.Mark), 0, PmLimit.MarkProto, family);
        if (entry.Mark == 0)
        {
            if (!entry.Virtual.IsV4 && !_numbers.TryGetValue(entry.Virtual, out target))
            {
                return 0;
            }

            key = (target, entry.VirtualPort, entry.Protocol, family);
        }

        if (!_services.TryGetValue(key, out List<int>? slots))
        {
            // That of all ports, after the one of this port.
            key.Port = 0;
            if (!_services.TryGetValue(key, out slots))
            {
                return 0;
            }
        }

        refusal = SyncRefusal.NoServer;
        foreach (int slot in slots)
        {
            PmServer server = tables.Servers[slot];
            TransportEndpoint real = TableReader.RealServer(tables, server);

            // A template of a service by a mark names no port of its server.
            bool isPort = real.Port == entry.ServerPort || real.Port == 0 || (entry.IsTemplate && entry.ServerPort == 0);
            if (isPort && real.Address == entry.Server && (server.Vip, server.Vport.Value, server.Proto, server.Family) == key)
            {
                return slot;
            }
        }

        return 0;
    }
}
