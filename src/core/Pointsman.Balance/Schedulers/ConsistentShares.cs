using System.Collections.Immutable;

namespace Pointsman.Balance.Schedulers;

/* What finds no room in the connection table has no entry to follow: only its hash can tell each of its packets the same
   server. The table is mh's, over as many places as the number of servers asks for. All usable servers have the same share:
   weights are moved by checks, and each such move would tear connections apart. */

/// <summary>A table over which connections are shared out by hash; a server that comes or goes moves few of the others'.</summary>
public static class ConsistentShares
{
    // Primes. A server has 16 places at least, as long as there are no more than 255 of them.
    private static readonly ImmutableArray<int> s_lengths = [251, 4093];
    private const int PlacesOfEach = 16;

    /// <summary>How many places a service with so many usable servers gets; zero: it needs no table.</summary>
    public static int LengthFor(int servers) => servers == 0
        ? 0
        : s_lengths.FirstOrDefault(length => length >= servers * PlacesOfEach, s_lengths[^1]);

    /// <param name="servers">In any order; those without weight are left out.</param>
    /// <param name="lengthBefore">Of the table that this one replaces: a service's table grows, but does not shrink.</param>
    /// <returns>For each place the server's id; empty when none is usable.</returns>
    public static ImmutableArray<int> Build(IReadOnlyList<WeightedServer> servers, int lengthBefore = 0)
    {
        List<WeightedServer> usable =
        [
            .. servers.Where(server => server.IsUsable).Select(server => server with { LastWeight = 1 })
                .OrderBy(server => server.Address.ToString(), StringComparer.Ordinal),
        ];
        int length = LengthFor(usable.Count);
        return MaglevTable.Build(usable, s_lengths.Contains(lengthBefore) ? Math.Max(length, lengthBefore) : length);
    }
}
