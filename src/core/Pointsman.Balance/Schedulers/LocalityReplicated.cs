namespace Pointsman.Balance.Schedulers;

/// <summary>
/// lblcr: of the servers that serve the address asked for already the one with the fewest connections per weight, unless it is loaded
/// while another server is half idle; then wlc's, which joins them. Of several that did not change for a day (IPVS's
/// <c>lblcr_expiration</c>) the one with the most is dropped.
/// </summary>
internal sealed class LocalityReplicated(Func<int, ServerLoad> loadOf) : Scheduler(loadOf)
{
    /// <summary>The data path's bound; a set that is full keeps whom it has.</summary>
    internal const int MostMembers = 64;

    private static readonly TimeSpan s_unchanged = TimeSpan.FromDays(1);

    private readonly DestinationMemory<ServerSet> _remembered = new();

    public override int? Pick(in ConnectionRequest request)
    {
        ServerSet? set = _remembered.TryRecall(request, out ServerSet? known) ? known : null;
        int? least = set is null ? null : Best(Usable(set), isLeast: true);
        if (set is { Members.Count: > 1 } && request.Now - set.Modified > s_unchanged
            && Best(Present(set).Where(member => member.IsUsable), isLeast: false) is { } most)
        {
            set.Members.Remove(most);
            set.Modified = request.Now;
        }

        if (least is { } good && !IsLoaded(Find(good)!.Value))
        {
            return good;
        }

        int? best = Best(Servers.Where(IsUsable), isLeast: true);
        if (best is { } chosen)
        {
            Add(request, set ?? new ServerSet(), chosen);
        }

        return best;
    }

    private IEnumerable<WeightedServer> Present(ServerSet set) => set.Members.Select(Find).OfType<WeightedServer>();

    private IEnumerable<WeightedServer> Usable(ServerSet set) => Present(set).Where(IsUsable);

    private void Add(in ConnectionRequest request, ServerSet set, int server)
    {
        if (!set.Members.Contains(server) && set.Members.Count < MostMembers)
        {
            set.Members.Insert(0, server);
            set.Modified = request.Now;
        }

        _remembered.Remember(request, set);
    }

    // Of equals the first.
    private int? Best(IEnumerable<WeightedServer> candidates, bool isLeast)
    {
        WeightedServer? best = null;
        foreach (WeightedServer candidate in candidates)
        {
            if (best is not { } so)
            {
                best = candidate;
                continue;
            }

            Int128 here = (Int128)LoadOf(so.Id).Overhead * candidate.Weight;
            Int128 there = (Int128)LoadOf(candidate.Id).Overhead * so.Weight;
            if (isLeast ? here > there : here < there)
            {
                best = candidate;
            }
        }

        return best?.Id;
    }

    private bool IsLoaded(WeightedServer server) =>
        LoadOf(server.Id).Active > server.Weight
        && Servers.Any(other => (long)LoadOf(other.Id).Active * 2 < other.Weight);

    private sealed class ServerSet
    {
        /// <summary>Newest first.</summary>
        internal List<int> Members { get; } = [];

        internal Base.Instant Modified { get; set; }
    }
}
