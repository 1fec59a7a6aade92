using Pointsman.Dataplane.Bpf;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// Copies all that packets read from one set of tables to another of the same sizes; not their counters. Packets may change what is
/// copied meanwhile: an entry may be missed or be half a second old.
/// </summary>
internal static class TableCopy
{
    internal static void Fill(PinnedTables from, PinnedTables to)
    {
        from.Flows.Span.CopyTo(to.Flows.Span);
        from.Clients.Span.CopyTo(to.Clients.Span);
        from.Servers.Span.CopyTo(to.Servers.Span);
        from.Addresses.Span.CopyTo(to.Addresses.Span);
        from.Loads.Span.CopyTo(to.Loads.Span);
        from.Ring.Span.CopyTo(to.Ring.Span);
        from.Cursors.Span.CopyTo(to.Cursors.Span);
        from.Sets.Span.CopyTo(to.Sets.Span);
        from.Prefilter.Span.CopyTo(to.Prefilter.Span);
        from.Pools.Span.CopyTo(to.Pools.Span);
        from.Leases.Span.CopyTo(to.Leases.Span);
        from.Peers.Span.CopyTo(to.Peers.Span);
        from.PeerFilter.Span.CopyTo(to.PeerFilter.Span);
        Copy<PmServiceKey, PmService>(from.Services, to.Services);
        Copy<Be128, uint>(from.Numbers, to.Numbers);
        Copy<Be128, PmVip>(from.Vips, to.Vips);
        Copy<PmTemplateKey, PmTemplate>(from.Templates, to.Templates);
        Copy(from.Calls, to.Calls);
        Copy(from.Callers, to.Callers);
        Copy<PmServiceKey, uint>(from.Backs, to.Backs);
        Copy<PmOriginKey, PmOrigin>(from.Origins, to.Origins);
        Copy(from.Destinations, to.Destinations);
        Copy(from.Guises, to.Guises);
        Copy(from.Wearers, to.Wearers);
        foreach (uint device in from.Devices.Keys<uint>())
        {
            to.Devices.Update(device, device);
        }
    }

    // Packets alone know what is in these.
    private static void Copy(BpfMap from, BpfMap to)
    {
        foreach ((byte[] key, byte[] value) in from.ReadRaw(from.ValueSizeBytes))
        {
            to.UpdateRaw(key, value);
        }
    }

    private static void Copy<TKey, TValue>(BpfMap from, BpfMap to)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        foreach (TKey key in from.Keys<TKey>())
        {
            if (from.TryLookup(key, out TValue value))
            {
                to.Update(key, value);
            }
        }
    }
}
