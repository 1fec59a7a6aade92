using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Balance.Schedulers;

/// <summary>The tables of sh and dh, and how both find a place in them.</summary>
internal static class HashTables
{
    internal const int Length = 256;
    private const int LengthBits = 8;

    // The kernel's hash_32.
    private const uint GoldenRatio = 0x61c88647;

    /// <summary>sh: each server in turn takes as many places as its weight, but at least one; newest first.</summary>
    internal static ImmutableArray<int> Source(IReadOnlyList<WeightedServer> newestFirst) =>
        Fill(newestFirst, server => Math.Max(1, server.Weight));

    /// <summary>dh: each server in turn takes one place; newest first.</summary>
    internal static ImmutableArray<int> Destination(IReadOnlyList<WeightedServer> newestFirst) =>
        Fill(newestFirst, _ => 1);

    internal static int PlaceOf(uint value) => (int)(unchecked(value * GoldenRatio) >> (32 - LengthBits));

    /// <summary>An address as hashing schedulers take it; of IPv6 the four words, one over the other.</summary>
    internal static uint Fold(IpAddress address)
    {
        if (address.IsV4)
        {
            return address.V4Bits;
        }

        byte[] bytes = address.ToBytes();
        uint folded = 0;
        for (int i = 0; i < bytes.Length; i += sizeof(uint))
        {
            folded ^= System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(i));
        }

        return folded;
    }

    private static ImmutableArray<int> Fill(IReadOnlyList<WeightedServer> servers, Func<WeightedServer, int> placesOf)
    {
        if (servers.Count == 0)
        {
            return [];
        }

        var table = ImmutableArray.CreateBuilder<int>(Length);
        for (int turn = 0; table.Count < Length; turn = (turn + 1) % servers.Count)
        {
            int places = Math.Min(placesOf(servers[turn]), Length - table.Count);
            table.AddRange(Enumerable.Repeat(servers[turn].Id, places));
        }

        return table.ToImmutable();
    }
}
