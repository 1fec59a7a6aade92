namespace Pointsman.Balance.Schedulers;

/// <summary>lc: the usable server with the least overhead; wlc: with the least overhead per weight. Of equals the first.</summary>
internal sealed class LeastConnections(Func<int, ServerLoad> loadOf, bool isWeighted) : Scheduler
{
    public override int? Pick()
    {
        WeightedServer? best = null;
        long bestOverhead = 0;
        foreach (WeightedServer server in Servers)
        {
            long overhead = loadOf(server.Id).Overhead;
            if (server.IsUsable && (best is not { } least || IsLess(overhead, server, bestOverhead, least)))
            {
                best = server;
                bestOverhead = overhead;
            }
        }

        return best?.Id;
    }

    // Multiplied crosswise: a division would lose what decides between near equals.
    private bool IsLess(long overhead, WeightedServer server, long bestOverhead, WeightedServer best) =>
        (Int128)overhead * WeightOf(best) < (Int128)bestOverhead * WeightOf(server);

    private int WeightOf(WeightedServer server) => isWeighted ? server.Weight : 1;
}
