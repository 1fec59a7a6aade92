namespace Pointsman.Probes.Notifying;

/* Scripts that are told of changes. keepalived starts them and looks away, so that two changes in a row may reach a script
   in either order. Here the scripts of one subject run one after the other, in the order of what happened; those of
   different subjects do not wait for each other. As with keepalived no script is ended for being slow: after some time the
   next one starts beside it. */

/// <summary>Runs notify scripts, in order for each subject. Any thread may call.</summary>
/// <param name="security">Says which may run.</param>
/// <param name="log">A line for the operator: what failed, what is slow, what was left out.</param>
public sealed class NotifyRunner(ScriptSecurity security, Action<string> log, NotifyLimits limits) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, NotifyQueue> _queues = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <param name="subject">What it is about, such as <c>VRRP_Instance(VI_1)</c>.</param>
    /// <param name="command">With the event's own arguments.</param>
    public void Run(string subject, ScriptCommand command)
    {
        lock (_lock)
        {
            if (!_queues.TryGetValue(subject, out NotifyQueue? queue))
            {
                queue = new NotifyQueue(subject, security, limits, log, _stop.Token);
                _queues.Add(subject, queue);
            }

            queue.Add(command);
        }
    }

    /// <summary>Lets what is queued run, for as long as that may take, and ends what still runs then.</summary>
    public async Task FinishAsync(TimeSpan patience)
    {
        Task[] running;
        lock (_lock)
        {
            running = [.. _queues.Values.Select(queue => queue.WhenIdle)];
        }

        await Task.WhenAny(Task.WhenAll(running), Task.Delay(patience));
        await DisposeAsync();
    }

    /// <summary>Ends what runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] ending;
        lock (_lock)
        {
            ending = [.. _queues.Values.Select(queue => queue.WhenIdle)];
            _queues.Clear();
        }

        await Task.WhenAll(ending);
    }
}
