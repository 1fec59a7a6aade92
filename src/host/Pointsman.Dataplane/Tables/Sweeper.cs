using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// Retires connections that are past their time, so that servers' counts fall, and templates and slots nobody uses. An
/// expired entry does no harm until then: packets take it for empty. The table is read here, at the speed of memory; the BPF
/// program, which can take its locks, goes where something is over. Of templates each pass looks at some thousands.
/// Where nobody does this for some seconds packets retire connections themselves (bpf/sweep.h).
/// </summary>
internal sealed class Sweeper(PinnedTables tables)
{
    /// <summary>Buckets one call of the BPF program looks at: a tenth of a millisecond.</summary>
    private const int RunsPerCall = 64;
    private const int BucketsPerCall = RunsPerCall * PmLimit.SweepBuckets;
    private const int EntriesPerRun = PmLimit.SweepBuckets * PmLimit.BucketEntries;

    private readonly ServerSlots _slots = new(tables, new WriteCount());
    private readonly TemplatePieces _templates = new(tables);
    private int _nextBucket;

    // Nothing is known of what a former run has left.
    private bool _bindsClients = true;
    private bool _hasTemplates = true;
    private bool _hasSeenTemplates;

    /// <summary>Goes on from where it stopped, until the whole table was seen once or the budget is used up.</summary>
    /// <returns>How many connections were retired.</returns>
    internal int Sweep(TimeSpan budget)
    {
        long started = Environment.TickCount64;
        int retired = 0;
        int buckets = tables.Flows.Count / PmLimit.BucketEntries;
        ulong ticks = tables.NowTicks();
        NoteThat(sweptAt: ticks);
        if (_nextBucket == 0 && TableReader.CountConnections(tables) == 0)
        {
            FinishPass();
            return 0;
        }

        var now = (uint)ticks;
        do
        {
            retired += Retire(tables, _nextBucket, now);
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

    /// <summary>
    /// All that is over, connections and templates, where nobody has swept for some seconds; with a daemon at work there is nothing to do.
    /// For commands: the tables may be mapped for reading alone. Slots are not given back, for which two looks are needed.
    /// </summary>
    /// <returns>How many connections were retired.</returns>
    internal static int CatchUp(PinnedTables tables)
    {
        ulong now = tables.NowTicks();
        if ((long)(now - tables.Settings[0].SweptAt) <= (long)PmLimit.LateSeconds * tables.TicksPerSecond)
        {
            return 0;
        }

        int retired = 0;
        for (int bucket = 0; bucket < tables.Flows.Count / PmLimit.BucketEntries; bucket += BucketsPerCall)
        {
            retired += Retire(tables, bucket, (uint)now);
        }

        var templates = new TemplatePieces(tables);
        do
        {
            Forget(tables, templates, now);
        }
        while (!templates.IsAtEnd);
        return retired;
    }

    /// <summary>Whether any service binds clients from now on; if none does, templates are looked for until there are none.</summary>
    internal void Expect(bool bindsClients)
    {
        _hasTemplates |= _bindsClients || bindsClients;
        _bindsClients = bindsClients;
    }

    /// <summary>Whether an entry is in use and past its time.</summary>
    internal static bool HasExpired(ReadOnlySpan<PmFlow> flows, uint now)
    {
        // An entry's last four bytes begin with its server, zero if it is free; the four before are its expiry.
        Vector128<uint> nows = Vector128.Create(now);
        Vector128<uint> servers = Vector128.Create(0u, 0u, 0u, ushort.MaxValue);
        Vector128<ulong> found = Vector128<ulong>.Zero;
        foreach (Vector128<uint> entry in MemoryMarshal.Cast<PmFlow, Vector128<uint>>(flows))
        {
            Vector128<int> isPast = Vector128.GreaterThanOrEqual((nows - entry).AsInt32(), Vector128<int>.Zero);
            Vector128<uint> isFree = Vector128.Equals(entry & servers, Vector128<uint>.Zero);
            found |= Vector128.AndNot(isPast.AsUInt64(), isFree.AsUInt64() >>> 32);
        }

        return (uint)found.GetElement(1) != 0;
    }

    // Never back: of two that sweep at once, the later.
    private void NoteThat(ulong sweptAt)
    {
        ref ulong place = ref tables.Settings[0].SweptAt;
        if ((long)(sweptAt - place) > 0)
        {
            Volatile.Write(ref place, sweptAt);
        }
    }

    private static int Retire(PinnedTables tables, int firstBucket, uint now)
    {
        ReadOnlySpan<PmFlow> flows = tables.Flows.Span[(firstBucket * PmLimit.BucketEntries)..];
        int first = -1;
        int last = -1;
        for (int run = 0; run < RunsPerCall && run * EntriesPerRun < flows.Length; run++)
        {
            int at = run * EntriesPerRun;
            if (HasExpired(flows[at..Math.Min(at + EntriesPerRun, flows.Length)], now))
            {
                first = first < 0 ? run : first;
                last = run;
            }
        }

        if (first < 0)
        {
            return 0;
        }

        Span<uint> words = stackalloc uint[5];
        words.Clear();
        words[0] = (uint)(firstBucket + (first * PmLimit.SweepBuckets));
        tables.SweepProgram.Call(words, last - first + 1);
        return (int)words[1];
    }

    private void FinishPass()
    {
        // Even to see that there are none takes milliseconds in a large table.
        if (!_bindsClients && !_hasTemplates)
        {
            _slots.FreeUnused();
            return;
        }

        _hasSeenTemplates |= Forget(tables, _templates, tables.NowTicks()) > 0;

        // Not before all templates were seen: none may go on naming a slot that is given away.
        if (_templates.IsAtEnd)
        {
            _hasTemplates = _hasSeenTemplates;
            _hasSeenTemplates = false;
            _slots.FreeUnused();
        }
    }

    // Those of the next piece that are over; how many it has.
    private static int Forget(PinnedTables tables, TemplatePieces templates, ulong now)
    {
        int count = templates.Read();
        for (int i = 0; i < count; i++)
        {
            (PmTemplateKey key, PmTemplate template) = templates[i];
            if ((int)template.Refs <= 0 && (Clock.Until(template.Expiry, now) <= 0 || IsForgotten(tables, template.Server)))
            {
                tables.Templates.TryDelete(key);
                if (CallRecords.IsOfCall(key))
                {
                    tables.Calls.TryDelete(key);
                }
            }
        }

        return count;
    }

    private static bool IsForgotten(PinnedTables tables, uint slot) =>
        slot >= tables.Servers.Count || (tables.Servers[(int)slot].Flags & (ushort)PmServerFlag.Planned) == 0;
}
