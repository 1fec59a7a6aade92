namespace Pointsman.Balance.Schedulers;

/// <summary>
/// fo: the usable server of the highest weight; ovf: of those that have not more active connections than their weight.
/// Of equals the first.
/// </summary>
internal sealed class HighestWeight(Func<int, ServerLoad> loadOf, bool overflows) : Scheduler(loadOf)
{
    public override int? Pick(in ConnectionRequest request)
    {
        WeightedServer? best = null;
        foreach (WeightedServer server in Servers.Where(IsUsable))
        {
            bool isFull = overflows && LoadOf(server.Id).Active > server.Weight;
            if (!isFull && (best is not { } highest || server.Weight > highest.Weight))
            {
                best = server;
            }
        }

        return best?.Id;
    }
}
