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

    private readonly CheckSettings _settings;
    private CheckPhase _phase = CheckPhase.Idle;
    private Instant _probeStarted;
    private uint _attempt;
    private int _failures;
    private bool _hasRun;

    /// <param name="settings">Timing and starting assumption.</param>
    /// <param name="wasDown">The server was down before a restart of the daemon: it must prove itself first.</param>
    public CheckMachine(CheckSettings settings, bool wasDown = false)
    {
        _settings = settings;
        IsUp = settings.StartsUp && !wasDown;
    }

    private enum CheckPhase
    {
        Idle,
        Waiting,
        Probing,
    }

    public bool IsUp { get; private set; }

    /// <summary>When <see cref="OnDeadline"/> wants to be called; null before <see cref="Start"/>.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>Null until the first probe has finished.</summary>
    public CheckResult? LastResult { get; private set; }

    public void Start(Instant now, Prng random)
    {
        if (_phase == CheckPhase.Idle)
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

        TimeSpan duration = outcome is ProbeOutcome.Success success ? success.Duration : now - _probeStarted;
        LastResult = new CheckResult(now, outcome, duration);
        if (outcome.IsSuccess)
        {
            OnSuccess(now, outcome, actions);
        }
        else
        {
            OnFailure(now, outcome, actions);
        }

        _hasRun = true;
    }

    private void OnSuccess(Instant now, ProbeOutcome outcome, List<CheckAction> actions)
    {
        _failures = 0;
        if (!IsUp)
        {
            BecomeUp(outcome, actions);
        }

        WaitUntil(now + _settings.DelayLoop);
    }

    private void OnFailure(Instant now, ProbeOutcome outcome, List<CheckAction> actions)
    {
        if (!IsUp)
        {
            WaitUntil(now + _settings.DelayLoop);
            return;
        }

        _failures++;

        // keepalived pre-loads the counter at start: nobody has vouched for the server yet, so one failure is enough.
        if (_hasRun && _failures <= _settings.Retry)
        {
            WaitUntil(now + _settings.DelayBeforeRetry);
            return;
        }

        BecomeDown(outcome, actions);
        WaitUntil(now + _settings.DelayLoop);
    }

    private void BecomeUp(ProbeOutcome outcome, List<CheckAction> actions)
    {
        IsUp = true;
        actions.Add(new CheckAction.Changed(IsUp: true, outcome, Attempts: 1));
    }

    private void BecomeDown(ProbeOutcome outcome, List<CheckAction> actions)
    {
        IsUp = false;
        actions.Add(new CheckAction.Changed(IsUp: false, outcome, _failures));
        _failures = 0;
    }

    private void Probe(Instant now, List<CheckAction> actions)
    {
        _phase = CheckPhase.Probing;
        _attempt++;
        _probeStarted = now;
        Deadline = now + _settings.ConnectTimeout + LostProbeGrace;
        actions.Add(new CheckAction.StartProbe(_attempt));
    }

    private void WaitUntil(Instant deadline)
    {
        _phase = CheckPhase.Waiting;
        Deadline = deadline;
    }
}
