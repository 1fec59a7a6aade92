namespace Pointsman.Balance.Schedulers;

/// <summary>
/// lblcr: of the servers that serve the virtual address already the one with the fewest connections per weight, unless it
/// is loaded while another server is half idle; then wlc's, which joins them. Of several that did not change for a day
/// (IPVS's <c>lblcr_expiration</c>) the one with the most is dropped. A service has one address, so there is one set.
/// </summary>
internal sealed class LocalityReplicated(Func<int, ServerLoad> loadOf) : Scheduler(loadOf)
{
    /// <summary>The data path's bound; a set that is full keeps whom it has.</summary>
    internal const int MostMembers = 64;

    private static readonly TimeSpan s_unchanged = TimeSpan.FromDays(1);

    // Newest first.
    private readonly List<int> _members = [];
    private Base.Instant _modified;

    public override int? Pick(in ConnectionRequest request)
    {
        int? least = Best(_members.Select(Find).OfType<WeightedServer>().Where(IsUsable), isLeast: true);
        if (_members.Count > 1 && request.Now - _modified > s_unchanged
            && Best(_members.Select(Find).OfType<WeightedServer>().Where(member => member.IsUsable), isLeast: false) is { } most)
        {
            _members.Remove(most);
            _modified = request.Now;
        }

        if (least is { } known && !IsLoaded(Find(known)!.Value))
        {
            return known;
        }

        int? best = Best(Servers.Where(IsUsable), isLeast: true);
        if (best is { } chosen && !_members.Contains(chosen) && _members.Count < MostMembers)
        {
            _members.Insert(0, chosen);
            _modified = request.Now;
        }

        return best;
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
}
