using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Balance.Schedulers;

/// <summary>
/// What a service's scheduler needs in the data path. rr and wrr: one period of the scheduler's sequence, which a cursor
/// walks round and round. sh, dh and mh: their table, usable or not. fo and ovf: the usable servers by weight, the
/// highest first. The others: the usable servers, newest first, among which the data path compares.
/// </summary>
public sealed record SchedulerRing
{
    internal SchedulerRing(SchedulerKind kind, ImmutableArray<int> servers, int start, RingHistory history)
    {
        Kind = kind;
        Servers = servers;
        Start = start;
        History = history;
    }

    public SchedulerKind Kind { get; }

    /// <summary>Ids in the scheduler's order. Empty: no server is usable.</summary>
    public ImmutableArray<int> Servers { get; }

    /// <summary>The place in <see cref="Servers"/> at which the scheduler goes on when this ring takes effect.</summary>
    public int Start { get; }

    public bool HasCursor => Kind is SchedulerKind.Rr or SchedulerKind.Wrr;

    internal RingHistory History { get; }

    /// <summary>The place that the scheduler comes to after it placed so many connections by this ring.</summary>
    public int PlaceAfter(ulong placedCount)
    {
        Invariant.That(Servers.Length > 0, "a ring with servers");
        return (int)(((ulong)Start + placedCount) % (ulong)Servers.Length);
    }

    /// <summary>
    /// The ring as it is to be written for a cursor that has placed <paramref name="placedCount"/> connections and is not
    /// set back: turned so that the cursor's next place, modulo the length, is <see cref="Start"/>.
    /// </summary>
    public ImmutableArray<int> LaidFor(ulong placedCount)
    {
        if (!HasCursor || Servers.IsEmpty)
        {
            return Servers;
        }

        var laid = new int[Servers.Length];
        int offset = (int)(placedCount % (ulong)laid.Length);
        for (int i = 0; i < laid.Length; i++)
        {
            laid[(offset + i) % laid.Length] = Servers[(Start + i) % laid.Length];
        }

        return [.. laid];
    }
}
