using System.Diagnostics;

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

    // Multiplied crosswise: a division would lose what decides between near equals.
    private bool IsLess(WeightedServer server, WeightedServer best) =>
        (Int128)CostOf(server) * WeightOf(best) < (Int128)CostOf(best) * WeightOf(server);

    private long CostOf(WeightedServer server) => kind switch
    {
        SchedulerKind.Lc or SchedulerKind.Wlc => LoadOf(server.Id).Overhead,
        SchedulerKind.Sed or SchedulerKind.Nq => (long)LoadOf(server.Id).Active + 1,
        _ => throw new UnreachableException(),
    };

    private int WeightOf(WeightedServer server) => kind == SchedulerKind.Lc ? 1 : server.Weight;
}
