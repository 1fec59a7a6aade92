using System.Diagnostics;
using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>
/// Counts a <c>vrrp_script</c>'s results: <c>fall</c> failures in a row take it down, <c>rise</c> successes in a row raise
/// it. As keepalived does, the very first result decides at once, unless <c>init_fail</c> starts the script as failed.
/// </summary>
public sealed class TrackScriptMachine
{
    private readonly int _rise;
    private readonly int _fall;
    private int _against;

    public TrackScriptMachine(int rise, int fall, bool startsFailed = false)
    {
        Invariant.That(rise >= 1 && fall >= 1, "rise >= 1 and fall >= 1");
        _rise = rise;
        _fall = fall;
        State = startsFailed ? TrackScriptState.Down : TrackScriptState.Unknown;
    }

    public TrackScriptState State { get; private set; }

    /// <summary>Null until the first result.</summary>
    public ScriptOutcome? LastOutcome { get; private set; }

    /// <summary>True when the result changed <see cref="State"/>.</summary>
    public bool OnResult(ScriptOutcome outcome)
    {
        LastOutcome = outcome;
        TrackScriptState told = outcome.IsSuccess ? TrackScriptState.Up : TrackScriptState.Down;
        if (told == State)
        {
            _against = 0;
            return false;
        }

        _against++;
        if (_against < NeededToTurn())
        {
            return false;
        }

        State = told;
        _against = 0;
        return true;
    }

    private int NeededToTurn() => State switch
    {
        TrackScriptState.Unknown => 1,
        TrackScriptState.Up => _fall,
        TrackScriptState.Down => _rise,
        _ => throw new UnreachableException(),
    };
}
