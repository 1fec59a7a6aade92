using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Balance.Schedulers;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/* The trees of the schedulers that compare; what they are for and how they lie stands in bpf/tree.h. Packets replay a server's
   way to the root when its load changes. Control plays all matches: when a tree was laid, when weights or limits have changed, and once a
   second, since of two CPUs at once, of which we may be one, one may leave the winner of the loads of a moment before. */

/// <summary>Lays the trees over rings, and plays all matches of one.</summary>
internal sealed class LoadTrees(PinnedTables tables, WriteCount writes)
{
    /// <summary>PM_HALF_IDLE_AT: of a place or node, that a server there is half idle.</summary>
    private const ulong HalfIdle = 1UL << 63;

    // Somebody else may write while we do: what was put right is looked at again, but not for ever.
    private const int MostLooks = 3;

    private readonly Dictionary<PmServiceKey, LaidRing> _trees = [];

    internal static ulong HeaderOf(SchedulerKind scheduler, int length) => ((ulong)scheduler << 32) | (uint)length;

    internal static ImmutableArray<ulong> Places(ImmutableArray<int> slots) =>
        [.. slots.Select((slot, place) => ((ulong)place << 32) | (uint)slot)];

    /// <summary>What control has written at a place, without what packets say of it.</summary>
    internal static ulong Written(ulong place) => place & ~HalfIdle;

    /// <summary>
    /// Connections of these servers are from now on told to the tree over this ring, if it has one. To be called before packets
    /// ask there: then nothing is missed but what <see cref="Keep"/> finds afterwards.
    /// </summary>
    internal void Point(in LaidRing ring, IEnumerable<uint> servers)
    {
        Span<PmLoad> loads = tables.Loads.Span;
        var inRing = new HashSet<uint>();
        for (int i = 0; ring.RootAt != 0 && i < ring.Length; i++)
        {
            uint slot = (uint)tables.Ring[ring.At + i];
            inRing.Add(slot);
            Point(ref loads[(int)slot], (uint)(ring.At + i));
        }

        foreach (uint slot in servers)
        {
            if (!inRing.Contains(slot))
            {
                Point(ref loads[(int)slot], 0);
            }
        }
    }

    /// <summary>The server is in no tree any more.</summary>
    internal void Forget(uint slot) => Point(ref tables.Loads.Span[(int)slot], 0);

    /// <summary>Packets ask there from now on: plays all matches, and again whenever <see cref="Mend"/> is called.</summary>
    internal void Keep(in PmServiceKey key, in LaidRing ring)
    {
        if (ring.RootAt == 0)
        {
            _trees.Remove(key);
            return;
        }

        _trees[key] = ring;
        Play(ring);
    }

    internal void Forget(in PmServiceKey key) => _trees.Remove(key);

    /// <summary>Puts right what is wrong in any tree.</summary>
    /// <returns>How many winners were wrong.</returns>
    internal int Mend() => _trees.Values.Sum(ring => Play(ring));

    /// <summary>Plays all matches with the loads of this moment.</summary>
    /// <returns>How many winners were wrong.</returns>
    internal int Play(in LaidRing ring)
    {
        int wrong = 0;
        for (int look = 0; look < MostLooks; look++)
        {
            int found = PlayOnce(ring);
            wrong += found;
            if (found == 0)
            {
                break;
            }
        }

        return wrong;
    }

    private int PlayOnce(in LaidRing ring)
    {
        Span<ulong> words = tables.Ring.Span;
        var scheduler = (SchedulerKind)(words[ring.At - 1] >> 32);
        Span<ulong> places = words.Slice(ring.At, ring.Length);
        int wrong = 0;
        foreach (ref ulong place in places)
        {
            wrong += Set(ref place, Written(place) | (IsHalfIdle((int)(uint)place) ? HalfIdle : 0));
        }

        Span<ulong> rest = words[(ring.At + ring.Length)..(ring.RootAt + 1)];
        Span<ulong> level = places;
        while (!rest.IsEmpty)
        {
            Span<ulong> next = rest[..((level.Length + 1) / 2)];
            for (int i = 0; i < next.Length; i++)
            {
                ulong first = level[2 * i];
                ulong second = (2 * i) + 1 < level.Length ? level[(2 * i) + 1] : first;
                wrong += Set(ref next[i], WinnerOf(scheduler, (int)(uint)first, (int)(uint)second) | ((first | second) & HalfIdle));
            }

            level = next;
            rest = rest[next.Length..];
        }

        return wrong;
    }

    private static int Set(ref ulong place, ulong value)
    {
        if (place == value)
        {
            return 0;
        }

        Volatile.Write(ref place, value);
        return 1;
    }

    // Slot 0, nobody, has no weight.
    private uint WinnerOf(SchedulerKind scheduler, int first, int second)
    {
        (ServerLoad load, int weight) = Read(first);
        if (second == first)
        {
            return weight > 0 ? (uint)first : 0;
        }

        (ServerLoad other, int otherWeight) = Read(second);
        if (otherWeight == 0)
        {
            return weight > 0 ? (uint)first : 0;
        }

        return weight == 0 || ServerCost.IsLess(scheduler, other, otherWeight, load, weight) ? (uint)second : (uint)first;
    }

    private (ServerLoad Load, int Weight) Read(int slot)
    {
        ref readonly PmLoad load = ref tables.Loads.Span[slot];
        bool isOverloaded = load.Overloaded != 0 && load.Active + load.Inactive >= load.RecoversBelow;
        return (new ServerLoad((int)load.Active, (int)load.Inactive), isOverloaded ? 0 : (int)tables.Servers.Span[slot].Weight);
    }

    private bool IsHalfIdle(int slot) => 2L * tables.Loads.Span[slot].Active < tables.Servers.Span[slot].Weight;

    private void Point(ref PmLoad load, uint leaf)
    {
        if (load.Leaf != leaf)
        {
            Volatile.Write(ref load.Leaf, leaf);
            writes.Add();
        }
    }
}
