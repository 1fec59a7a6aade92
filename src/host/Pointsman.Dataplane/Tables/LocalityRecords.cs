using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// What lblc and lblcr remember (bpf/locality.h): who serves a service's address, or each that is asked for by a mark. Packets write there
/// at the same time; a change of theirs may be lost, which costs an address its server once.
/// </summary>
internal sealed class LocalityRecords(PinnedTables tables, WriteCount writes)
{
    /// <summary>Records that are read by one call of the kernel.</summary>
    private const int AtOnce = 1024;

    /// <summary>The scheduler of that service begins, whatever one before it has remembered.</summary>
    internal void Empty(uint service, bool isMark)
    {
        if (!isMark)
        {
            tables.Sets[(int)service] = default;
            writes.Add();
            return;
        }

        foreach (PmDestination destination in tables.Destinations.Keys<PmDestination>().Where(known => known.Service == service))
        {
            tables.Destinations.TryDelete(destination);
            writes.Add();
        }
    }

    /// <summary>Before the servers' slots become others': nobody's memory may name them.</summary>
    internal void TakeOut(HashSet<int> slots)
    {
        foreach (int service in slots.Select(slot => (int)tables.Servers[slot].Service).Distinct())
        {
            ref PmSet set = ref tables.Sets[service];
            PmSet without = Without(set, slots);
            if (without.Count != set.Count)
            {
                set.Count = 0;
                set.Members = without.Members;
                Volatile.Write(ref set.Count, without.Count);
                writes.Add();
            }
        }

        foreach ((PmDestination destination, PmSet set) in All())
        {
            PmSet without = Without(set, slots);
            if (without.Count == set.Count)
            {
                continue;
            }

            if (without.Count == 0)
            {
                tables.Destinations.TryDelete(destination);
            }
            else
            {
                tables.Destinations.Update(destination, without);
            }

            writes.Add();
        }
    }

    /// <summary>What is remembered of addresses that are asked for by a mark.</summary>
    internal List<(PmDestination Destination, PmSet Set)> All()
    {
        var all = new List<(PmDestination, PmSet)>();
        var destinations = new PmDestination[AtOnce];
        var sets = new PmSet[AtOnce];
        uint place = 0;
        do
        {
            int count = tables.Destinations.ReadPiece(ref place, destinations, sets);
            for (int i = 0; i < count; i++)
            {
                all.Add((destinations[i], sets[i]));
            }
        }
        while (place != 0);

        return all;
    }

    private static PmSet Without(PmSet set, HashSet<int> slots)
    {
        uint count = 0;
        for (int i = 0; i < Math.Min(set.Count, PmLimit.SetMembers); i++)
        {
            if (!slots.Contains(set.Members[i]))
            {
                set.Members[(int)count++] = set.Members[i];
            }
        }

        set.Count = count;
        return set;
    }
}
