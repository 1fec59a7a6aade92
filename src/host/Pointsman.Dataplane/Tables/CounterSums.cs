using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>Adds up what each CPU counted.</summary>
internal static class CounterSums
{
    internal static Counters Server(PinnedTables tables, uint slot)
    {
        Span<PmCounters> values = new PmCounters[PossibleCpus.Count];
        tables.ServerCounters.TryLookupPerCpu(slot, values);
        var sum = default(Counters);
        foreach (PmCounters value in values)
        {
            sum += Of(value);
        }

        return sum;
    }

    internal static Counters Retired(PinnedTables tables, uint service) => Of(tables.Retired[(int)service]);

    internal static long Verdict(PinnedTables tables, int verdict)
    {
        Span<ulong> values = new ulong[PossibleCpus.Count];
        tables.Verdicts.TryLookupPerCpu((uint)verdict, values);
        long sum = 0;
        foreach (ulong value in values)
        {
            sum += (long)value;
        }

        return sum;
    }

    internal static bool TryZero(PinnedTables tables, ServiceKey? wanted)
    {
        bool isThere = false;
        foreach (PmServiceKey key in tables.Services.Keys<PmServiceKey>())
        {
            ServiceKey known = KeyNames.Read(tables, key);
            if ((wanted is null || known == wanted) && tables.Services.TryLookup(key, out PmService service))
            {
                isThere = true;
                tables.Retired[(int)service.Id] = default;
                foreach (int slot in tables.UsedSlots().Where(slot => tables.Servers[slot].Service == service.Id))
                {
                    tables.ServerCounters.UpdatePerCpu((uint)slot, new PmCounters[PossibleCpus.Count]);
                }
            }
        }

        return isThere || wanted is null;
    }

    private static Counters Of(PmCounters value) => new(
        (long)value.Connections,
        (long)value.Packets,
        (long)value.Bytes,
        (long)value.PacketsOut,
        (long)value.BytesOut);
}
