using System.Globalization;
using Pointsman.Health;

namespace Pointsman.Probes.Notifying;

/// <summary>The scripts of one subject: they start in order.</summary>
internal sealed class NotifyQueue(
    string subject, ScriptSecurity security, NotifyLimits limits, Action<string> log, CancellationToken stop)
{
    private readonly Lock _lock = new();
    private readonly Queue<ScriptCommand> _waiting = new();
    private readonly List<Run> _slow = [];
    private Task _worker = Task.CompletedTask;
    private bool _isWorking;

    /// <summary>When nothing waits or runs any more.</summary>
    internal Task WhenIdle
    {
        get
        {
            lock (_lock)
            {
                return Task.WhenAll([_worker, .. _slow.Select(run => run.Ended)]);
            }
        }
    }

    internal void Add(ScriptCommand command)
    {
        lock (_lock)
        {
            if (_waiting.Count == limits.WaitingCount)
            {
                log($"{subject}: too many scripts wait; left out: {Words(_waiting.Dequeue())}");
            }

            _waiting.Enqueue(command);
            if (!_isWorking)
            {
                _isWorking = true;
                _worker = Task.Run(WorkAsync, CancellationToken.None);
            }
        }
    }

    private static string Words(ScriptCommand command) => string.Join(' ', command.Arguments);

    private async Task WorkAsync()
    {
        while (Next() is { } next)
        {
            ScriptCommand command = ScriptSecurity.WithDefaultUser(next);
            if (!security.MayRun(subject, command))
            {
                continue;
            }

            var run = new Run(command, CancellationTokenSource.CreateLinkedTokenSource(stop));
            run.Ended = RunAsync(run);
            if (await Task.WhenAny(run.Ended, Task.Delay(limits.Patience, CancellationToken.None)) != run.Ended)
            {
                log(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{subject}: script still runs after {limits.Patience.TotalSeconds} s, the next one does not wait for it: {Words(command)}"));
                await SetAsideAsync(run);
            }
        }
    }

    private ScriptCommand? Next()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out ScriptCommand? command) && !stop.IsCancellationRequested)
            {
                return command;
            }

            _isWorking = false;
            return null;
        }
    }

    private async Task RunAsync(Run run)
    {
        try
        {
            ScriptOutcome outcome = await ScriptRunner.RunWhateverComesAsync(run.Command, Timeout.InfiniteTimeSpan, run.Stop.Token);
            if (!outcome.IsSuccess)
            {
                string output = outcome switch
                {
                    ScriptOutcome.Exited exited => exited.Output,
                    ScriptOutcome.Killed killed => killed.Output,
                    _ => "",
                };
                string said = output.Length > 0 ? $" (it said: {output})" : "";
                log($"{subject}: script {outcome.Reason}{said}: {Words(run.Command)}");
            }
        }
        catch (OperationCanceledException)
        {
            log($"{subject}: script was ended: {Words(run.Command)}");
        }
        finally
        {
            run.Stop.Dispose();
        }
    }

    private async Task SetAsideAsync(Run run)
    {
        Run? oldest = null;
        lock (_lock)
        {
            _slow.RemoveAll(other => other.Ended.IsCompleted);
            _slow.Add(run);
            oldest = _slow.Count > limits.BesideCount ? _slow[0] : null;
        }

        if (oldest is not null)
        {
            await oldest.EndAsync();
        }
    }

    private sealed class Run(ScriptCommand command, CancellationTokenSource stop)
    {
        public ScriptCommand Command { get; } = command;

        public CancellationTokenSource Stop { get; } = stop;

        public Task Ended { get; set; } = Task.CompletedTask;

        public async Task EndAsync()
        {
            try
            {
                await Stop.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                return;     // it has ended by itself in this moment
            }

            await Ended;
        }
    }
}
