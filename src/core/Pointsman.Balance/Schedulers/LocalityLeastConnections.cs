namespace Pointsman.Balance.Schedulers;

/// <summary>
/// lblc: the server that serves the virtual address already, unless it is loaded while another one is half idle; else
/// wlc's, which is then remembered. A service has one address, so it remembers one server. What IPVS forgets after a
/// day without a connection is kept here.
/// </summary>
internal sealed class LocalityLeastConnections(Func<int, ServerLoad> loadOf) : Scheduler(loadOf)
{
    private int? _remembered;

    public override int? Pick(in ConnectionRequest request)
    {
        if (_remembered is { } known && Find(known) is { Weight: > 0 } server && !IsLoaded(server))
        {
            return known;
        }

        WeightedServer? best = null;
        foreach (WeightedServer candidate in Servers.Where(IsUsable))
        {
            if (best is not { } least
                || (Int128)LoadOf(candidate.Id).Overhead * least.Weight < (Int128)LoadOf(least.Id).Overhead * candidate.Weight)
            {
                best = candidate;
            }
        }

        _remembered = best?.Id ?? _remembered;
        return best?.Id;
    }

    private bool IsLoaded(WeightedServer server) =>
        LoadOf(server.Id).Active > server.Weight
        && Servers.Any(other => (long)LoadOf(other.Id).Active * 2 < other.Weight);
}
