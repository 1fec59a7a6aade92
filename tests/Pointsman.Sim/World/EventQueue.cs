using Pointsman.Base;

namespace Pointsman.Sim.World;

/// <summary>The simulated clock: what is due at the same time happens in the order it was asked for.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, (long DueNanoseconds, long Number)> _events = new();
    private long _count;

    /// <summary>Not zero at the start: nothing may rest on the origin of a clock.</summary>
    public Instant Now { get; private set; } = Instant.FromSeconds(1000);

    public void At(Instant due, Action happens)
    {
        Instant notPast = due > Now ? due : Now;
        _events.Enqueue(happens, (notPast.Nanoseconds, _count++));
    }

    public void After(TimeSpan wait, Action happens) => At(Now + wait, happens);

    /// <summary>Lets the next thing happen, if it is due by then; else moves the clock there.</summary>
    public bool TryStep(Instant end)
    {
        if (!_events.TryPeek(out _, out (long DueNanoseconds, long Number) next) || next.DueNanoseconds > end.Nanoseconds)
        {
            Now = end;
            return false;
        }

        Now = new Instant(next.DueNanoseconds);
        _events.Dequeue().Invoke();
        return true;
    }
}
