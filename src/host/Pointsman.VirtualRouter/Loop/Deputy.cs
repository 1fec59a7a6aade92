using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Processes;
using Pointsman.Linux.Timing;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/* Addresses, routes, multicast groups and kernel settings are changed under one lock that the whole host shares, and other
   programs hold it for tens of milliseconds (who attaches an XDP program, for one); a file may wait for a disk. A master that
   was silent meanwhile would lose its place at a short interval. So the role's thread lends what speaking needs - machine,
   sockets, leases - for as long as it waits, and a second real-time thread says what is due. It decides nothing: who is
   master is as it was, and a word that comes too late is not said. Nobody listens meanwhile, so it does not go on for long. */

/// <summary>Speaks for the masters while the role's own thread is held up in the kernel.</summary>
internal sealed class Deputy : IDisposable
{
    /// <summary>How long it speaks without a word from the role's thread: two masters may not hear each other for this long.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

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
    private bool _isTimed;
    private bool _isEnded;
    private Instant _until;

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

    /// <summary>For whom it speaks from now on.</summary>
    internal void Stand(Station station) => _station = station;

    /// <summary>Until what is returned is disposed of, the caller touches neither machine nor sockets nor leases.</summary>
    internal Loan Lend()
    {
        if (_lentTimes++ == 0)
        {
            Instant now = MonotonicClock.NowWithSuspend;
            _until = now + Patience;
            SetTimer(_station?.Router.NextWord(now));
            _floor.Exit();
        }

        return new Loan(this);
    }

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

    private void TakeBack()
    {
        if (_lentTimes == 1)
        {
            _floor.Enter();
            SetTimer(null);
        }

        _lentTimes--;
    }

    private void SetTimer(Instant? next)
    {
        if (next is not null || _isTimed)
        {
            _timer.Set(next);
            _isTimed = next is not null;
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
            }
        }
    }

    private void Speak(Instant now)
    {
        if (_station is not { } station || now >= _until)
        {
            SetTimer(null);
            return;
        }

        station.Router.SpeakOn(now, _actions);
        station.Runner.Speak(_actions);
        _actions.Clear();
        SetTimer(station.Router.NextWord(now));
    }

    /// <summary>The floor is somebody else's meanwhile.</summary>
    internal readonly ref struct Loan(Deputy deputy)
    {
        /// <summary>It is the role's thread's again.</summary>
        public void Dispose() => deputy.TakeBack();
    }
}
