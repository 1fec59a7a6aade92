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

    private static Counters Of(PmCounters value) => new(
        (long)value.Connections,
        (long)value.Packets,
        (long)value.Bytes,
        (long)value.PacketsOut,
        (long)value.BytesOut);
}
