using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Processes;
using Pointsman.Linux.Timing;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/* Addresses, routes, multicast groups and kernel settings are changed under one lock that the whole host shares, and other
   programs hold it for tens of milliseconds (who attaches an XDP program, for one); a file may wait for a disk. And a
   real-time thread waits as long as the kernel keeps the processor it last ran on for itself, be the others idle or not. A
   master that was silent meanwhile would lose its place at a short interval. So the role's thread lends what speaking needs -
   machine, sockets, leases - for as long as it waits, for the kernel or for something to do, and a second real-time thread, on
   another processor and with a timer of its own, says what is overdue. It decides nothing: who is master is as it was, and a
   word that comes too late is not said. Nobody listens meanwhile, so it does not go on for long. */

/// <summary>Speaks for the masters while the role's own thread is held up.</summary>
internal sealed class Deputy : IDisposable
{
    private const uint TimerToken = 0;
    private const uint EndToken = 1;

    private readonly Lock _floor = new();
    private readonly EventPoll _poll = new();
    private readonly DeadlineTimer _timer = new();
    private readonly WakeEvent _end = new();
    private readonly List<VrrpAction> _actions = new(64);
    private readonly Thread _thread;
    private readonly int _realTimePriority;

    private Station? _station;
    private int _lentTimes;
    private Instant? _timedTo;
    private bool _isEnded;
    private Instant _until;
    private int _rolesProcessor = -1;
    private volatile ThreadProcessors? _processors;

    /// <summary>The thread that calls has the floor from now on.</summary>
    /// <param name="realTimePriority">Of SCHED_FIFO; 0: as any other thread.</param>
    internal Deputy(int realTimePriority)
    {
        _realTimePriority = realTimePriority;
        _poll.Add(_timer.Descriptor, TimerToken);
        _poll.Add(_end.Descriptor, EndToken);
        _floor.Enter();
        _thread = new Thread(Serve) { IsBackground = true, Name = "vrrp-deputy" };
        _thread.Start();
    }

    /// <summary>Managed memory its thread has allocated by the last word it said; for who has the floor.</summary>
    internal long AllocatedBytes { get; private set; }

    /// <summary>For whom it speaks from now on.</summary>
    internal void Stand(Station station) => _station = station;

    /// <summary>
    /// Until what is returned is disposed of, the caller touches neither machine nor sockets nor leases: the kernel may keep
    /// it waiting.
    /// </summary>
    internal Loan Lend() => Lend(MonotonicClock.NowWithSuspend);

    /// <summary>The same while the caller waits for something to do, which it means to until this deadline; null: as long as it takes.</summary>
    internal Loan LendUntil(Instant? deadline) => Lend(deadline ?? MonotonicClock.NowWithSuspend);

    public void Dispose()
    {
        _isEnded = true;
        _end.Signal();
        _floor.Exit();
        _thread.Join();
        _poll.Dispose();
        _timer.Dispose();
        _end.Dispose();
    }

    private Loan Lend(Instant lateFrom)
    {
        if (_lentTimes++ == 0)
        {
            _until = lateFrom + VrrpTimers.SpeechWhileHeldUp;
            KeepOff(ThreadProcessors.Current);
            if (_station?.Router.NextWord(MonotonicClock.NowWithSuspend) is { } next && !(_timedTo <= next))
            {
                // A first word, or one before what was waited for. Else it winds its timer itself, on its own processor:
                // where the role's thread is stuck no timer may fire either.
                SetTimer(next);
            }

            _floor.Exit();
        }

        return new Loan(this);
    }

    // By the role's thread: its deputy may sleep on the very processor that thread has come to, and is not to wait there with it.
    private void KeepOff(int rolesProcessor)
    {
        if (rolesProcessor != _rolesProcessor && _processors is { } processors)
        {
            processors.KeepOff(rolesProcessor);
            _rolesProcessor = rolesProcessor;
        }
    }

    private void TakeBack()
    {
        if (_lentTimes == 1)
        {
            _floor.Enter();
        }

        _lentTimes--;
    }

    private void SetTimer(Instant? next)
    {
        if (next != _timedTo)
        {
            _timer.Set(next);
            _timedTo = next;
        }
    }

    private void Serve()
    {
        ProcessControl.SetThreadName("vrrp-deputy");
        if (_realTimePriority > 0)
        {
            // Refused: the role's thread has said so of itself.
            RealTime.TryEnterFifo(_realTimePriority);
        }

        _processors = new ThreadProcessors();
        while (true)
        {
            _poll.Wait(timeoutMs: -1);

            // Until the role's thread lends it: it may have taken back what it lent a moment ago.
            lock (_floor)
            {
                if (_isEnded)
                {
                    return;
                }

                _timer.Acknowledge();
                Speak(MonotonicClock.NowWithSuspend);
                AllocatedBytes = GC.GetAllocatedBytesForCurrentThread();
            }
        }
    }

    private void Speak(Instant now)
    {
        if (_station is not { } station)
        {
            SetTimer(null);
            return;
        }

        Instant? next = station.Router.NextWord(now);
        if (next <= now && now < _until)
        {
            station.Router.SpeakOn(now, _actions);
            station.Runner.Speak(_actions);
            _actions.Clear();
            next = station.Router.NextWord(now);
        }

        // Its time is over: the role's thread lends again, or nobody does.
        SetTimer(now < _until ? next : null);
    }

    /// <summary>The floor is somebody else's meanwhile.</summary>
    internal readonly ref struct Loan(Deputy deputy)
    {
        /// <summary>It is the role's thread's again.</summary>
        public void Dispose() => deputy.TakeBack();
    }
}
