using System.Diagnostics;
using Pointsman.Health;

namespace Pointsman.Probes;

/// <summary>Runs one track script every interval and tells when it turns. Its first run is at once.</summary>
public sealed class TrackScriptMonitor : IAsyncDisposable
{
    private readonly TrackScript _script;
    private readonly Action<TrackScriptEvent> _post;
    private readonly Action<string> _log;
    private readonly TrackScriptMachine _machine;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private TrackScriptSnapshot _snapshot;
    private int _lastStatus;

    /// <param name="post">Called on a pool thread; must not block (post to the owner's channel).</param>
    /// <param name="log">Lines that are no turn: a new exit status.</param>
    /// <param name="former">The end of one that ran this script before: the two are not to run at one time. Null: there is none.</param>
    public TrackScriptMonitor(TrackScript script, Action<TrackScriptEvent> post, Action<string> log, Task? former = null)
    {
        _script = script;
        _post = post;
        _log = log;
        _machine = new TrackScriptMachine(script.Rise, script.Fall, script.InitFail);
        _snapshot = new TrackScriptSnapshot(script.Name, _machine.State, LastOutcome: null, LastRunTimestamp: null);
        _running = RunAsync(former ?? Task.CompletedTask);
    }

    /// <summary>May be read by any thread.</summary>
    public TrackScriptSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Ends a running script too.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(Task former)
    {
        try
        {
            await former.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Token.ThrowIfCancellationRequested();
            while (true)
            {
                long started = Stopwatch.GetTimestamp();
                ScriptOutcome outcome = await ScriptRunner.RunWhateverComesAsync(_script.Command, _script.Timeout, _stop.Token);

                // Whoever disposes of this one may not wait for it, and does not want to hear of it any more.
                _stop.Token.ThrowIfCancellationRequested();
                OnOutcome(outcome);
                await Task.Delay(UntilNextRun(Stopwatch.GetElapsedTime(started)), _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    // A run longer than the interval skips the turns it missed, as keepalived does.
    private TimeSpan UntilNextRun(TimeSpan elapsed) => TimeSpan.FromTicks(_script.Interval.Ticks - (elapsed.Ticks % _script.Interval.Ticks));

    private void OnOutcome(ScriptOutcome outcome)
    {
        if (outcome is ScriptOutcome.Exited exited && exited.Status != _lastStatus)
        {
            _lastStatus = exited.Status;
            _log($"Script `{_script.Name}` now returning {exited.Status}{Quote(exited.Output)}");
        }

        bool turned = _machine.OnResult(outcome);
        Volatile.Write(
            ref _snapshot,
            new TrackScriptSnapshot(_script.Name, _machine.State, outcome, Stopwatch.GetTimestamp()));
        if (turned)
        {
            _post(new TrackScriptEvent(
                _script.Name, outcome.IsSuccess, outcome, $"VRRP_Script({_script.Name}) {outcome.Reason}"));
        }
    }

    private static string Quote(string output) => output.Length == 0 ? "" : $" (it said: {output})";
}
