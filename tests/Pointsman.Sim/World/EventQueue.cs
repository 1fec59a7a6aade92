using Pointsman.Base;

namespace Pointsman.Sim.World;

/// <summary>The simulated clock: what is due at the same time happens in the order it was asked for.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, Due> _events = new(Comparer<Due>.Create(static (left, right) => left.CompareTo(right)));
    private long _count;

    /// <summary>What the nodes' clocks show. Not zero at the start: nothing may rest on the origin of a clock.</summary>
    public Instant Now { get; private set; } = Instant.FromSeconds(1000);

    /// <summary>The time that was leapt over so far.</summary>
    public TimeSpan Leapt { get; private set; }

    /// <summary>As it would be had nothing been leapt over.</summary>
    public Instant Calendar => Now + Leapt;

    public void At(Instant due, Action happens)
    {
        Instant notPast = due > Now ? due : Now;
        _events.Enqueue(happens, new Due(notPast.Nanoseconds, _count++));
    }

    public void After(TimeSpan wait, Action happens) => At(Now + wait, happens);

    /// <summary>Lets the next thing happen, if it is due by then; else moves the clock there.</summary>
    public bool TryStep(Instant end)
    {
        if (!_events.TryPeek(out _, out Due next) || next.Nanoseconds > end.Nanoseconds)
        {
            // Who was waited for may have taken longer.
            Now = end > Now ? end : Now;
            return false;
        }

        Step();
        return true;
    }

    /// <summary>Lets the next thing happen, whenever it is due.</summary>
    public void Step()
    {
        if (!_events.TryPeek(out _, out Due next))
        {
            throw new InvalidOperationException("nothing happens any more");
        }

        Now = new Instant(Math.Max(next.Nanoseconds, Now.Nanoseconds));
        _events.Dequeue().Invoke();
    }

    /// <summary>
    /// Time goes by in which nothing happens that has not happened before: to the nodes it is as if it had not been. Who
    /// calls it has seen the world come round to where it was, see <see cref="Calm"/>.
    /// </summary>
    public void Leap(TimeSpan span) => Leapt += span;

    /// <summary>What is to happen, in its order.</summary>
    public IEnumerable<(Instant Due, Action Happens)> Pending => _events.UnorderedItems
        .OrderBy(item => item.Priority)
        .Select(item => (new Instant(item.Priority.Nanoseconds), item.Element));

    private readonly record struct Due(long Nanoseconds, long Number) : IComparable<Due>
    {
        public int CompareTo(Due other) => Nanoseconds != other.Nanoseconds
            ? Nanoseconds.CompareTo(other.Nanoseconds)
            : Number.CompareTo(other.Number);
    }
}
