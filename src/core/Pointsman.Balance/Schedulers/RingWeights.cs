using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Balance.Schedulers;

/// <summary>Keeps a ring short when weights are large.</summary>
internal static class RingWeights
{
    /// <summary>
    /// Weights whose ring has no more than <paramref name="maxLength"/> places: the same ones where that is so already,
    /// else in proportion by largest remainder, but at least 1 for each that was above zero.
    /// </summary>
    internal static ImmutableArray<int> Bounded(ImmutableArray<int> weights, int maxLength)
    {
        Invariant.That(maxLength > 0, "maxLength > 0");
        long sum = weights.Sum(weight => (long)weight);
        if (sum / WrrLevels.Of(weights).Step <= maxLength)
        {
            return weights;
        }

        var bounded = new int[weights.Length];
        int[] ascending = [.. Enumerable.Range(0, weights.Length).Where(i => weights[i] > 0).OrderBy(i => weights[i])];
        long places = Math.Max(maxLength, ascending.Length);
        int small = 0;
        while (small < ascending.Length && weights[ascending[small]] * places < sum)
        {
            bounded[ascending[small]] = 1;
            places--;
            sum -= weights[ascending[small]];
            small++;
        }

        Share(weights, ascending[small..], places, sum, bounded);
        return [.. bounded];
    }

    private static void Share(ImmutableArray<int> weights, int[] servers, long places, long sum, int[] bounded)
    {
        long left = places;
        foreach (int server in servers)
        {
            bounded[server] = (int)(weights[server] * places / sum);
            left -= bounded[server];
        }

        foreach (int server in servers.OrderByDescending(i => weights[i] * places % sum).ThenBy(i => i).Take((int)left))
        {
            bounded[server]++;
        }
    }
}
