using System.Diagnostics;
using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>
/// One check of one real server, timed as keepalived times it. Promises nothing about what a probe is: it asks for one
/// and is told how it went.
/// </summary>
public sealed class CheckMachine
{
    /// <summary>keepalived lets the daemon settle this long before any check runs.</summary>
    public static readonly TimeSpan Bootstrap = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A probe that has not answered this long after its own timeout is lost on our side. That says nothing about the
    /// server, so it is asked again and no failure is counted.
    /// </summary>
    public static readonly TimeSpan LostProbeGrace = TimeSpan.FromMinutes(1);

    /// <summary>Enough to see a pattern in, and little for ten thousand servers.</summary>
    public const int HistoryCount = 10;

    private readonly Queue<CheckResult> _history = new();
    private readonly CheckSettings _settings;
    private readonly CheckCourse _course;
    private readonly TimeSpan _limit;
    private readonly bool _isTold;
    private CheckPhase _phase = CheckPhase.Idle;
    private Instant _probeStarted;
    private uint _attempt;

    /// <param name="method">Decides how outcomes are counted.</param>
    /// <param name="settings">Timing and starting assumption.</param>
    /// <param name="wasDown">The server was down before a restart of the daemon: it must prove itself first.</param>
    public CheckMachine(CheckMethod method, CheckSettings settings, bool wasDown = false)
    {
        _settings = settings;
        _course = CheckCourse.For(method, settings);
        _limit = method.Limit(settings);
        _isTold = method.IsTold;
        IsUp = settings.StartsUp && !wasDown;
    }

    private enum CheckPhase
    {
        Idle,
        Waiting,
        Probing,
    }

    public bool IsUp { get; private set; }

    /// <summary>No probe is under way.</summary>
    public bool IsWaiting => _phase == CheckPhase.Waiting;

    /// <summary>When <see cref="OnDeadline"/> wants to be called; null before <see cref="Start"/>.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>Null until the first probe has finished.</summary>
    public CheckResult? LastResult { get; private set; }

    /// <summary>When this attempt was asked for; null: it does not run (any more).</summary>
    public Instant? RunsSince(uint attempt) => _phase == CheckPhase.Probing && attempt == _attempt ? _probeStarted : null;

    /// <summary>The last results, the oldest first; <see cref="LastResult"/> is the last of them.</summary>
    public IReadOnlyCollection<CheckResult> History => _history;

    public void Start(Instant now, Prng random)
    {
        if (_phase == CheckPhase.Idle && !_isTold)
        {
            WaitUntil(now + random.NextSpan(_settings.Warmup) + Bootstrap);
        }
    }

    public void OnDeadline(Instant now, List<CheckAction> actions)
    {
        if (Deadline is null || now < Deadline)
        {
            return;
        }

        switch (_phase)
        {
            case CheckPhase.Waiting:
            case CheckPhase.Probing:
                Probe(now, actions);
                break;
            case CheckPhase.Idle:
                throw new UnreachableException("no deadline before Start");
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>An outcome that belongs to no running attempt (late, or told twice) changes nothing.</summary>
    public void OnOutcome(Instant now, uint attempt, ProbeOutcome outcome, List<CheckAction> actions)
    {
        if (_phase != CheckPhase.Probing || attempt != _attempt)
        {
            return;
        }

        Note(new CheckResult(now, outcome, outcome is ProbeOutcome.Success success ? success.Duration : now - _probeStarted));
        CheckStep step = _course.After(outcome.IsSuccess, IsUp);
        if (step.Verdict is bool isUp && isUp != IsUp)
        {
            IsUp = isUp;
            actions.Add(new CheckAction.Changed(isUp, outcome, step.Attempts));
        }

        Instant due = (_course.CountsFromStart ? _probeStarted : now) + step.Delay;
        WaitUntil(due < now ? now : due);
    }

    /// <summary>What the check follows stands so now; that alone decides.</summary>
    public void OnTold(Instant now, ProbeOutcome outcome, List<CheckAction> actions)
    {
        Invariant.That(_isTold, "a check that asks is not told");
        Note(new CheckResult(now, outcome, TimeSpan.Zero));
        if (outcome.IsSuccess != IsUp)
        {
            IsUp = outcome.IsSuccess;
            actions.Add(new CheckAction.Changed(IsUp, outcome, Attempts: 1));
        }
    }

    /// <summary>Lets a probe that is due pass by, as while the address is elsewhere (<c>ha_suspend</c>).</summary>
    public void Skip(Instant now)
    {
        if (_phase == CheckPhase.Waiting && Deadline <= now)
        {
            WaitUntil(now + _settings.DelayLoop);
        }
    }

    private void Note(CheckResult result)
    {
        LastResult = result;
        if (_history.Count == HistoryCount)
        {
            _history.Dequeue();
        }

        _history.Enqueue(result);
    }

    private void Probe(Instant now, List<CheckAction> actions)
    {
        _phase = CheckPhase.Probing;
        _attempt++;
        _probeStarted = now;
        Deadline = now + _limit + LostProbeGrace;
        actions.Add(new CheckAction.StartProbe(_attempt, _course.Step));
    }

    private void WaitUntil(Instant deadline)
    {
        _phase = CheckPhase.Waiting;
        Deadline = deadline;
    }
}
