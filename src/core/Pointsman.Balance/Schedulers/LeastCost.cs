namespace Pointsman.Balance.Schedulers;

/// <summary>lc, wlc, sed and nq: the usable server with the least cost per weight. Of equals the first.</summary>
internal sealed class LeastCost(SchedulerKind kind, Func<int, ServerLoad> loadOf) : Scheduler(loadOf)
{
    public override int? Pick(in ConnectionRequest request)
    {
        WeightedServer? best = null;
        foreach (WeightedServer server in Servers.Where(IsUsable))
        {
            if (kind == SchedulerKind.Nq && LoadOf(server.Id).Active == 0)
            {
                return server.Id;
            }

            if (best is not { } least || IsLess(server, least))
            {
                best = server;
            }
        }

        return best?.Id;
    }

    private bool IsLess(WeightedServer server, WeightedServer best) =>
        ServerCost.IsLess(kind, LoadOf(server.Id), server.Weight, LoadOf(best.Id), best.Weight);
}
