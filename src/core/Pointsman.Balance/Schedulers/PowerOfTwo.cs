namespace Pointsman.Balance.Schedulers;

/// <summary>twos: of two servers that are drawn by weight the one with the least overhead per weight; of equals the first drawn.</summary>
internal sealed class PowerOfTwo(Func<int, ServerLoad> loadOf, Func<long, long> drawBelow) : Scheduler(loadOf)
{
    public override int? Pick(in ConnectionRequest request)
    {
        List<WeightedServer> usable = [.. Servers.Where(IsUsable)];
        if (usable.Count == 0)
        {
            return null;
        }

        // Both ends are drawn, as in IPVS: the first server of the list has one chance more than its weight.
        long draws = usable.Sum(server => (long)server.Weight) + 1;
        WeightedServer first = At(usable, drawBelow(draws));
        WeightedServer second = At(usable, drawBelow(draws));
        Int128 firstLoad = (Int128)LoadOf(first.Id).Overhead * second.Weight;
        Int128 secondLoad = (Int128)LoadOf(second.Id).Overhead * first.Weight;
        return firstLoad > secondLoad ? second.Id : first.Id;
    }

    private static WeightedServer At(List<WeightedServer> servers, long draw)
    {
        foreach (WeightedServer server in servers)
        {
            draw -= server.Weight;
            if (draw <= 0)
            {
                return server;
            }
        }

        return servers[^1];
    }
}
