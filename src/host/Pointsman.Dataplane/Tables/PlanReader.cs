using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>Reads back the plan that the tables were made by: writing it again changes nothing.</summary>
internal static class PlanReader
{
    /// <param name="interfaces">Those the program is attached to.</param>
    internal static ForwardingPlan Read(PinnedTables tables, ImmutableArray<int> interfaces)
    {
        ILookup<uint, int> slots = tables.UsedSlots()
            .Where(slot => (tables.Servers[slot].Flags & (ushort)PmServerFlag.Planned) != 0)
            .ToLookup(slot => (uint)tables.Servers[slot].Service);
        var services = ImmutableArray.CreateBuilder<PlannedService>();
        foreach (PmServiceKey key in tables.Services.Keys<PmServiceKey>())
        {
            if (tables.Services.TryLookup(key, out PmService service))
            {
                services.Add(Service(tables, key, service, slots[service.Id]));
            }
        }

        services.Sort((left, right) => left.Key.Protocol != right.Key.Protocol
            ? left.Key.Protocol.CompareTo(right.Key.Protocol)
            : left.Key.Address.CompareTo(right.Key.Address));
        return new ForwardingPlan(services.ToImmutable(), TableReader.Peers(tables), interfaces) { Addresses = Addresses(tables) };
    }

    private static PlannedService Service(PinnedTables tables, in PmServiceKey key, in PmService service, IEnumerable<int> slots)
    {
        ServiceKey name = KeyNames.Read(tables, key);
        return new PlannedService(
            name,
            TableReader.Scheduler(service.Scheduler),
            service.PersistenceSeconds == 0 ? null : TimeSpan.FromSeconds(service.PersistenceSeconds),
            Lease(service.OwnerFlags, service.Lease),
            (service.OwnerFlags & (ushort)PmOwnerFlag.HasLocal) != 0,
            [.. slots.OrderBy(slot => tables.Servers[slot].Order).Select(slot => Server(tables, slot))])
        {
            PersistencePrefixLength = (int)service.PrefixLength - Be128.LengthBits + name.Address.Address.LengthBits,
            PersistenceGaps = service.ClientGaps.Value,
            Flags = (ServiceFlags)service.Flags,
            Rules = (ConnectionRules)service.Rules,
            LocalAddresses = LocalAddresses(tables, (int)service.Id),
        };
    }

    private static ImmutableArray<LocalAddress> LocalAddresses(PinnedTables tables, int service)
    {
        var locals = ImmutableArray.CreateBuilder<LocalAddress>();
        PmPool pool = tables.Pools[service];
        for (int i = 0; i < pool.Count && i < PmLimit.Pool; i++)
        {
            bool isMoved = tables.Vips.TryLookup(pool.Addresses[i], out PmVip record);
            locals.Add(new LocalAddress(pool.Addresses[i].Address, isMoved ? Lease(record.OwnerFlags, record.Lease) : null));
        }

        return locals.ToImmutable();
    }

    private static int? Lease(uint ownerFlags, uint lease) => (ownerFlags & (uint)PmOwnerFlag.NeedsLease) != 0 ? (int)lease : null;

    private static PlannedServer Server(PinnedTables tables, int slot)
    {
        PmServer record = tables.Servers[slot];
        PmLoad load = tables.Loads[slot];
        var method = (ForwardingMethod)record.Method;
        bool hasWay = (record.Flags & (ushort)PmServerFlag.HasMac) != 0;
        return new PlannedServer(
            TableReader.RealServer(tables, record),
            method,
            (int)record.Weight,
            (record.Flags & (ushort)PmServerFlag.Up) != 0,
            (record.Flags & (ushort)PmServerFlag.Local) != 0,
            hasWay ? new NextHop((int)record.Ifindex, MacAddress.FromBytes(record.SourceMac), MacAddress.FromBytes(record.TargetMac)) : null)
        {
            Tunnel = method == ForwardingMethod.Tunnel ? Tunnel(tables, record, hasWay) : null,
            Mtu = method == ForwardingMethod.Tunnel || record.Mtu == PlanWriter.AnySize ? 0 : record.Mtu,
            UpperThreshold = (int)load.Upper,
            LowerThreshold = (int)load.Lower,
        };
    }

    private static TunnelEnd Tunnel(PinnedTables tables, in PmServer record, bool hasWay)
    {
        byte family = (byte)((record.Flags & (ushort)PmServerFlag.V6) == 0 ? PmFamily.V4 : PmFamily.V6);
        return new TunnelEnd(
            (TunnelKind)record.Tunnel,
            hasWay ? AddressNumbers.Read(tables, record.TunnelSource, family) : null,
            record.Mtu,
            record.TunnelPort.Value)
        {
            Checksum = TableReader.TunnelChecksumOf(record.Flags),
        };
    }

    private static ImmutableArray<OwnedAddress> Addresses(PinnedTables tables)
    {
        var addresses = new List<OwnedAddress>();
        foreach (Be128 vip in tables.Vips.Keys<Be128>())
        {
            if (tables.Vips.TryLookup(vip, out PmVip record) && Lease(record.OwnerFlags, record.Lease) is { } lease)
            {
                addresses.Add(new OwnedAddress(vip.Address, lease));
            }
        }

        return [.. addresses.OrderBy(address => address.Address)];
    }
}
