using System.Collections.Immutable;
using System.Diagnostics;
using Pointsman.Base;

namespace Pointsman.Balance.Schedulers;

/// <summary>
/// Lays schedulers out as rings. Servers are given in the order in which they were added, which is the order of the
/// configuration; a ring walks them newest first, as IPVS does.
/// </summary>
/// <remarks>
/// A wrr period is as long as the sum of the weights over their greatest common divisor. Where that is more than the
/// bound, the weights are reduced to a sum of the bound: each server's share is then right to less than one place, but no
/// usable server's is below one. The ring is longer than the bound only when there are more servers than that.
/// </remarks>
public static class RingBuilder
{
    /// <summary>Places that one service may take when its weights are large.</summary>
    public const int DefaultMaxLength = 4096;

    // The first server that is added has a single round, of level 1, and IPVS keeps its level while others come: a
    // service begins with a round of one connection each, whatever the weights.
    private const int FirstLevel = 1;

    /// <summary>The ring of a service that begins: its servers have been added one after the other.</summary>
    public static SchedulerRing Build(
        SchedulerKind kind, IReadOnlyList<WeightedServer> inOrderAdded, int maxLength = DefaultMaxLength)
    {
        ImmutableArray<WeightedServer> list = NewestFirst(inOrderAdded);
        return kind switch
        {
            SchedulerKind.Rr => RoundRobin(list, lastChosen: null, lastIndex: -1),
            SchedulerKind.Wrr => Weighted(list, _ => FirstLevel, maxLength),
            _ => Table(kind, list),
        };
    }

    /// <summary>
    /// The ring of a service whose servers or weights changed after <paramref name="before"/> had placed
    /// <paramref name="placedCount"/> connections: it goes on where IPVS would. All that changed counts as one change.
    /// </summary>
    public static SchedulerRing Continue(
        SchedulerRing before,
        ulong placedCount,
        IReadOnlyList<WeightedServer> inOrderAdded,
        int maxLength = DefaultMaxLength)
    {
        ImmutableArray<WeightedServer> list = NewestFirst(inOrderAdded);
        switch (before.Kind)
        {
            case SchedulerKind.Rr:
                int? last = LastChosen(before, placedCount);
                int lastIndex = MarkIn(list, before.History.Members, last);
                return RoundRobin(list, lastIndex < 0 ? null : list[lastIndex].Id, lastIndex);
            case SchedulerKind.Wrr:
                return Weighted(list, levels => levels.Resume(LevelOf(before, placedCount)), maxLength);
            default:
                return Table(before.Kind, list);
        }
    }

    private static ImmutableArray<WeightedServer> NewestFirst(IReadOnlyList<WeightedServer> inOrderAdded) =>
        [.. inOrderAdded.Reverse()];

    // What has no memory of its own is the same whatever was before.
    private static SchedulerRing Table(SchedulerKind kind, ImmutableArray<WeightedServer> list)
    {
        ImmutableArray<int> places = kind switch
        {
            SchedulerKind.Sh => HashTables.Source(list),
            SchedulerKind.Dh => HashTables.Destination(list),
            SchedulerKind.Mh => MaglevTable.Build(list),

            // The first that may be chosen is the one; of equals the first in the list stays first.
            SchedulerKind.Fo or SchedulerKind.Ovf =>
                [.. list.Where(server => server.IsUsable).OrderByDescending(server => server.Weight).Select(server => server.Id)],
            SchedulerKind.Lc or SchedulerKind.Wlc or SchedulerKind.Sed or SchedulerKind.Nq or SchedulerKind.Twos
                or SchedulerKind.Lblc or SchedulerKind.Lblcr => Usable(list),
            _ => throw new UnreachableException(),
        };
        return new SchedulerRing(kind, places, start: 0, new RingHistory(Ids(list), LastChosen: null, Levels: []));
    }

    private static SchedulerRing RoundRobin(ImmutableArray<WeightedServer> list, int? lastChosen, int lastIndex)
    {
        ImmutableArray<int> usable = Usable(list);
        int usableUpToMark = list.Take(lastIndex + 1).Count(server => server.IsUsable);
        int start = usable.IsEmpty ? 0 : usableUpToMark % usable.Length;
        return new SchedulerRing(SchedulerKind.Rr, usable, start, new RingHistory(Ids(list), lastChosen, Levels: []));
    }

    private static SchedulerRing Weighted(
        ImmutableArray<WeightedServer> list, Func<WrrLevels, int> levelToBegin, int maxLength)
    {
        ImmutableArray<int> weights = RingWeights.Bounded([.. list.Select(server => server.Weight)], maxLength);
        WrrLevels levels = WrrLevels.Of(weights);
        var places = ImmutableArray.CreateBuilder<int>();
        var placeLevels = ImmutableArray.CreateBuilder<int>();
        for (int level = levels.Top; level > 0; level -= levels.Step)
        {
            for (int i = 0; i < list.Length; i++)
            {
                if (weights[i] >= level)
                {
                    places.Add(list[i].Id);
                    placeLevels.Add(level);
                }
            }
        }

        int first = levels.Top == 0 ? 0 : levelToBegin(levels);
        return new SchedulerRing(
            SchedulerKind.Wrr,
            places.ToImmutable(),
            start: Math.Max(0, placeLevels.IndexOf(first)),
            new RingHistory(Ids(list), LastChosen: null, placeLevels.ToImmutable()));
    }

    private static int LevelOf(SchedulerRing ring, ulong placedCount)
    {
        if (ring.Servers.IsEmpty)
        {
            return 0;
        }

        int place = placedCount == 0 ? ring.Start : ring.PlaceAfter(placedCount - 1);
        return ring.History.Levels[place];
    }

    private static int? LastChosen(SchedulerRing ring, ulong placedCount) =>
        placedCount == 0 || ring.Servers.IsEmpty ? ring.History.LastChosen : ring.Servers[ring.PlaceAfter(placedCount - 1)];

    // The mark of a server that is gone passes to the one before it in the old list.
    private static int MarkIn(ImmutableArray<WeightedServer> list, ImmutableArray<int> membersBefore, int? lastChosen)
    {
        if (lastChosen is not { } last)
        {
            return -1;
        }

        ImmutableArray<int> ids = Ids(list);
        for (int i = membersBefore.IndexOf(last); i >= 0; i--)
        {
            int index = ids.IndexOf(membersBefore[i]);
            if (index >= 0)
            {
                return index;
            }
        }

        return -1;
    }

    private static ImmutableArray<int> Ids(ImmutableArray<WeightedServer> list) => [.. list.Select(server => server.Id)];

    private static ImmutableArray<int> Usable(ImmutableArray<WeightedServer> list) =>
        [.. list.Where(server => server.IsUsable).Select(server => server.Id)];
}
