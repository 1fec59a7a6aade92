using Pointsman.Balance;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>Writes one place of pm_peers so that a packet never sees half of it. Allocates nothing.</summary>
internal static class PeerRecord
{
    internal static void Write(ref PmPeer place, PeerDirector? peer)
    {
        if (peer is not { } wanted)
        {
            Volatile.Write(ref place.Used, 0);
            return;
        }

        var address = new Be32(wanted.Address);
        if (place.Used == 1 && place.Mac == wanted.Mac.Bits && place.Addr == address)
        {
            return;
        }

        Volatile.Write(ref place.Used, 0);
        place.Mac = wanted.Mac.Bits;
        place.Addr = address;
        Volatile.Write(ref place.Used, 1);
    }
}
