using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>Where a service's ring lies in pm_ring, and the tree over it, if its scheduler compares (bpf/tree.h).</summary>
/// <param name="At">The first of its servers' places.</param>
/// <param name="Length">How many places there are.</param>
/// <param name="RootAt">The tree's root; zero: there is no tree.</param>
internal readonly record struct LaidRing(int At, int Length, int RootAt)
{
    internal LaidRing(in PmService service)
        : this((int)service.RingAt, (int)service.RingLength, (int)service.RootAt)
    {
    }

    /// <summary>All that belongs to it: of a tree the header before the places, and the nodes behind them, of which the root is the last.</summary>
    internal (int At, int Length) Extent => RootAt == 0 ? (At, Length) : (At - 1, RootAt + 2 - At);

    /// <summary>How much room a tree over so many servers takes.</summary>
    internal static int TreeLength(int servers)
    {
        int sum = 1 + servers;
        int level = servers;
        do
        {
            level = (level + 1) / 2;
            sum += level;
        }
        while (level > 1);
        return sum;
    }
}
