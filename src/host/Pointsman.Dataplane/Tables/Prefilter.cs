using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// The bitmap that spares packets to other addresses a look-up; pm_may_be_vip in bpf/parse.h reads it.
/// </summary>
internal static class Prefilter
{
    private const uint Multiplier = 0x9e3779b1;
    private const int BitsShift = 17;
    private const int WordBits = 64;

    internal static void Add(Span<ulong> words, IpAddress vip, WriteCount writes)
    {
        (int word, ulong bit) = Place(vip);
        writes.Set(ref words[word], words[word] | bit);
    }

    /// <summary>Leaves the bits of these addresses and no others.</summary>
    internal static void Restrict(Span<ulong> words, IEnumerable<IpAddress> vips, WriteCount writes)
    {
        var wanted = new ulong[words.Length];
        foreach (IpAddress vip in vips)
        {
            (int word, ulong bit) = Place(vip);
            wanted[word] |= bit;
        }

        for (int i = 0; i < words.Length; i++)
        {
            writes.Set(ref words[i], wanted[i]);
        }
    }

    /// <summary>All of an address in 32 bits; pm_folded.</summary>
    internal static uint Fold(IpAddress address)
    {
        if (address.IsV4)
        {
            return address.V4Bits;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.WriteBytes(bytes);
        return unchecked(
            (BinaryPrimitives.ReadUInt32BigEndian(bytes) * 0x27d4eb2f)
            + (BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) * 0xc2b2ae35)
            + (BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) * 0x85ebca6b)
            + BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]));
    }

    private static (int Word, ulong Bit) Place(IpAddress vip)
    {
        uint place = unchecked(Fold(vip) * Multiplier) >> BitsShift;
        return ((int)(place / WordBits), 1ul << (int)(place % WordBits));
    }
}
