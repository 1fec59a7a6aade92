using Pointsman.Balance;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// What the data path finds in a service's ring: for rr and wrr one period of the scheduler's choices, for lc and wlc the
/// servers to compare. IPVS walks servers newest (last configured) first, and so does the ring.
/// </summary>
internal static class RingSequence
{
    /// <summary>Longer wrr periods are shortened by coarser weights.</summary>
    internal const int LongestPeriod = 16384;

    /// <param name="servers">In the order of the configuration; those with weight 0 get nothing.</param>
    internal static List<ulong> Of(SchedulerKind scheduler, IReadOnlyList<(uint Slot, int Weight)> servers)
    {
        var usable = servers.Where(server => server.Weight > 0).Reverse().ToList();
        return scheduler == SchedulerKind.Wrr ? WeightedPeriod(usable) : usable.ConvertAll(server => (ulong)server.Slot);
    }

    // Every round offers the servers whose weight reaches a mark that sinks from the greatest weight by the greatest common
    // divisor: the same interleaving as IPVS, from a fresh start.
    private static List<ulong> WeightedPeriod(List<(uint Slot, int Weight)> usable)
    {
        var period = new List<ulong>();
        if (usable.Count == 0)
        {
            return period;
        }

        List<(uint Slot, int Weight)> servers = Coarsen(usable);
        int divisor = servers.Aggregate(0, (common, server) => GreatestCommonDivisor(common, server.Weight));
        for (int mark = servers.Max(server => server.Weight); mark > 0; mark -= divisor)
        {
            foreach ((uint slot, int weight) in servers)
            {
                if (weight >= mark)
                {
                    period.Add(slot);
                }
            }
        }

        return period;
    }

    private static List<(uint Slot, int Weight)> Coarsen(List<(uint Slot, int Weight)> servers)
    {
        int divisor = servers.Aggregate(0, (common, server) => GreatestCommonDivisor(common, server.Weight));
        long length = servers.Sum(server => (long)server.Weight) / divisor;
        double scale = length > LongestPeriod ? (double)(LongestPeriod - servers.Count) / length : 1;
        return scale == 1
            ? servers
            : servers.ConvertAll(server => (server.Slot, Math.Max(1, (int)(server.Weight / divisor * scale))));
    }

    private static int GreatestCommonDivisor(int left, int right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return left;
    }
}
