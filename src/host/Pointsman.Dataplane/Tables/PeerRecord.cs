using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// Writes and reads one place of pm_peers, the former so that a packet never sees half of it. Allocates nothing.
/// </summary>
internal static class PeerRecord
{
    /// <returns>False when it stood there already.</returns>
    internal static bool Write(ref PmPeer place, PeerDirector? peer)
    {
        if (peer is not { } wanted)
        {
            bool wasUsed = place.Used != 0;
            Volatile.Write(ref place.Used, 0);
            return wasUsed;
        }

        var address = new Be128(wanted.Address);
        if (place.Used == 1 && place.Mac == wanted.Mac.Bits && place.Addr == address)
        {
            return false;
        }

        Volatile.Write(ref place.Used, 0);
        place.Mac = wanted.Mac.Bits;
        place.Addr = address;
        Volatile.Write(ref place.Used, 1);
        return true;
    }

    /// <summary>What a filter must let through for these places.</summary>
    internal static ulong FilterOf(ReadOnlySpan<PmPeer> places)
    {
        ulong bits = 0;
        foreach (ref readonly PmPeer place in places)
        {
            bits |= place.Used == 1 ? FilterBit(place.Mac) : 0;
        }

        return bits;
    }

    /// <summary>bpf/own.h computes the same.</summary>
    internal static ulong FilterBit(ulong mac) => 1ul << (int)(mac & 63);

    internal static PeerDirector? Read(in PmPeer place) =>
        place.Used == 1 ? new PeerDirector(new MacAddress(place.Mac), place.Addr.Address) : null;
}
