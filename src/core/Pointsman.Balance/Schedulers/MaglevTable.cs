using System.Collections;
using System.Collections.Immutable;
using System.Numerics;

namespace Pointsman.Balance.Schedulers;

/// <summary>
/// mh's table. Each server has a permutation of all places by its address; in rounds, each takes as many of the places
/// that are still free as its weight tells, so that a server that comes or goes moves few of the others' places.
/// </summary>
internal static class MaglevTable
{
    /// <summary>The kernel's default; a prime.</summary>
    internal const int Length = 4093;

    // Half of the bits of the length: what weights may differ by before they are scaled down.
    private const int WeightBits = 6;
    private const ulong FirstKey = 2654435761;
    private const ulong SecondKey = 2654446892;

    /// <param name="length">A prime.</param>
    internal static ImmutableArray<int> Build(IReadOnlyList<WeightedServer> newestFirst, int length = Length)
    {
        var levels = WrrLevels.Of(newestFirst.Select(server => server.LastWeight));
        if (levels.Divisor == 0)
        {
            return [];
        }

        int shift = Math.Max(0, BitOperations.Log2((uint)(levels.Largest / levels.Divisor)) + 1 - WeightBits);
        List<Turn> turns = [.. newestFirst.Where(server => server.LastWeight > 0).Select(server => TurnOf(server, levels.Divisor, shift, length))];
        var table = new int[length];
        var taken = new BitArray(length);
        int left = length;
        while (true)
        {
            foreach (Turn turn in turns)
            {
                for (int i = 0; i < turn.Places; i++)
                {
                    table[turn.Take(taken)] = turn.Id;
                    if (--left == 0)
                    {
                        return [.. table];
                    }
                }
            }
        }
    }

    /// <summary>The place of a client, by the sum of its address and port and of what a fallback adds.</summary>
    internal static int PlaceOf(uint sum, int length = Length) => (int)(Hash(sum, FirstKey) % (uint)length);

    private static Turn TurnOf(WeightedServer server, int divisor, int shift, int length)
    {
        uint sum = unchecked(HashTables.Fold(server.Address.Address) + server.Address.Port);
        return new Turn(
            server.Id,
            Math.Max(1, (server.LastWeight / divisor) >> shift),
            PlaceOf(sum, length),
            (int)(Hash(sum, SecondKey) % (uint)(length - 1)) + 1);
    }

    private static uint Hash(uint sum, ulong key) =>
        (uint)SipHash.Compute(key, key, sum, sizeof(uint), rounds: 1, lastRounds: 3);

    private sealed class Turn(int id, int places, int offset, int skip)
    {
        private int _place = offset;

        internal int Id { get; } = id;

        internal int Places { get; } = places;

        internal int Take(BitArray taken)
        {
            while (taken[_place])
            {
                _place = (_place + skip) % taken.Length;
            }

            taken[_place] = true;
            return _place;
        }
    }
}
