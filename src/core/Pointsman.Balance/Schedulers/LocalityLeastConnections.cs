namespace Pointsman.Balance.Schedulers;

/// <summary>
/// lblc: the server that serves the address asked for already, unless it is loaded while another one is half idle; else wlc's, which is
/// then remembered. A service by a mark is asked for many addresses, any other for its own.
/// </summary>
internal sealed class LocalityLeastConnections(Func<int, ServerLoad> loadOf) : Scheduler(loadOf)
{
    private readonly DestinationMemory<int> _remembered = new();

    public override int? Pick(in ConnectionRequest request)
    {
        if (_remembered.TryRecall(request, out int known) && Find(known) is { Weight: > 0 } server && !IsLoaded(server))
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

        if (best is { } chosen)
        {
            _remembered.Remember(request, chosen.Id);
        }

        return best?.Id;
    }

    private bool IsLoaded(WeightedServer server) =>
        LoadOf(server.Id).Active > server.Weight
        && Servers.Any(other => (long)LoadOf(other.Id).Active * 2 < other.Weight);
}
