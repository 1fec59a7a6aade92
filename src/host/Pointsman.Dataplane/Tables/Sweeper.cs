using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// Retires connections that are past their time, so that servers' counts fall, and templates and slots nobody uses. An
/// expired entry does no harm until then: packets take it for empty. Of templates each pass looks at some thousands.
/// </summary>
internal sealed class Sweeper(PinnedTables tables)
{
    /// <summary>Buckets one call of the BPF program looks at: a tenth of a millisecond.</summary>
    private const int RunsPerCall = 64;
    private const int BucketsPerCall = RunsPerCall * PmLimit.SweepBuckets;

    private readonly ServerSlots _slots = new(tables, new WriteCount());
    private readonly TemplatePieces _templates = new(tables);
    private int _nextBucket;

    /// <summary>Goes on from where it stopped, until the whole table was seen once or the budget is used up.</summary>
    /// <returns>How many connections were retired.</returns>
    internal int Sweep(TimeSpan budget)
    {
        long started = Environment.TickCount64;
        int retired = 0;
        int buckets = tables.Flows.Count / PmLimit.BucketEntries;
        if (_nextBucket == 0 && TableReader.CountConnections(tables) == 0)
        {
            FinishPass();
            return 0;
        }

        Span<uint> words = stackalloc uint[5];
        do
        {
            words.Clear();
            words[0] = (uint)_nextBucket;
            tables.SweepProgram.Call(words, RunsPerCall);
            retired += (int)words[1];
            _nextBucket += BucketsPerCall;
            if (_nextBucket >= buckets)
            {
                _nextBucket = 0;
                FinishPass();
                return retired;
            }
        }
        while (Environment.TickCount64 - started < budget.TotalMilliseconds);
        return retired;
    }

    private void FinishPass()
    {
        ulong now = tables.NowTicks();
        int count = _templates.Read();
        for (int i = 0; i < count; i++)
        {
            (PmTemplateKey key, PmTemplate template) = _templates[i];
            if ((int)template.Refs <= 0 && (Clock.Until(template.Expiry, now) <= 0 || IsForgotten(template.Server)))
            {
                tables.Templates.TryDelete(key);
            }
        }

        // Not before all templates were seen: none may go on naming a slot that is given away.
        if (_templates.IsAtEnd)
        {
            _slots.FreeUnused();
        }
    }

    private bool IsForgotten(uint slot) =>
        slot >= tables.Servers.Count || (tables.Servers[(int)slot].Flags & (ushort)PmServerFlag.Planned) == 0;
}
