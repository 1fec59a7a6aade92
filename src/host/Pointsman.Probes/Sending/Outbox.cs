using System.Diagnostics;
using System.Globalization;

namespace Pointsman.Probes.Sending;

/* News on its way out, in order, one at a time. Whoever adds never waits: a worker of the pool sends, and what fails stays
   at the head and is tried again, ever more slowly. The log hears of a failure once, and of its end; the figures always
   show it. Any thread may call. */

/// <summary>A bounded queue of what must be sent, with retries.</summary>
internal sealed class Outbox<T> : IAsyncDisposable
    where T : class
{
    private readonly string _name;
    private readonly Func<T, CancellationToken, Task<Delivery>> _send;
    private readonly Action<string> _log;
    private readonly OutboxLimits _limits;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly LinkedList<(T Item, long Since)> _waiting = new();
    private TaskCompletionSource _nudge = NewNudge();
    private Task _worker = Task.CompletedTask;
    private bool _isWorking;
    private bool _isNudged;
    private long _sent;
    private long _failures;
    private long _dropped;
    private int _failuresInARow;
    private long _overflow;
    private string? _lastError;
    private long? _lastSentAt;
    private long? _nextTryAt;

    /// <param name="name">As the log speaks of it: <c>Mail to 10.0.0.25:25</c> would be one.</param>
    /// <param name="send">One attempt, bounded by itself; throws nothing but <see cref="OperationCanceledException"/>.</param>
    internal Outbox(string name, Func<T, CancellationToken, Task<Delivery>> send, Action<string> log, OutboxLimits limits)
    {
        _name = name;
        _send = send;
        _log = log;
        _limits = limits;
    }

    internal OutboxFigures Figures
    {
        get
        {
            lock (_lock)
            {
                long now = Stopwatch.GetTimestamp();
                return new OutboxFigures(
                    _waiting.Count, _sent, _failures, _dropped, _lastError,
                    _lastSentAt is { } sent ? Stopwatch.GetElapsedTime(sent, now) : null,
                    _nextTryAt is { } next ? Later(Stopwatch.GetElapsedTime(now, next)) : null);
            }
        }
    }

    internal void Add(T item)
    {
        lock (_lock)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            if (_waiting.Count == _limits.Capacity)
            {
                // The head may be under way; the one behind it is the oldest that is not.
                _waiting.Remove(_waiting.First!.Next ?? _waiting.First);
                _dropped++;
                if (_overflow++ == 0)
                {
                    _log($"{_name}: {_limits.Capacity} wait already, the oldest are dropped");
                }
            }

            _waiting.AddLast((item, Stopwatch.GetTimestamp()));
            if (!_isWorking)
            {
                _isWorking = true;
                _worker = Task.Run(WorkAsync, CancellationToken.None);
            }
        }
    }

    /// <summary>Something has changed that may help: the next attempt is made at once.</summary>
    internal void Nudge()
    {
        lock (_lock)
        {
            _isNudged = true;
            _nudge.TrySetResult();
        }
    }

    /// <summary>Nobody wants what waits any more.</summary>
    internal void Clear(string why)
    {
        lock (_lock)
        {
            if (_waiting.Count > 0)
            {
                _log($"{_name}: {Counted(_waiting.Count)} dropped: {why}");
                _dropped += _waiting.Count;
                _waiting.Clear();
            }

            _lastError = null;
            _nudge.TrySetResult();
        }
    }

    /// <summary>Tries at once what waits, for as long as that may take, and drops the rest.</summary>
    internal async Task FinishAsync(TimeSpan patience)
    {
        Nudge();
        Task worker;
        lock (_lock)
        {
            worker = _worker;
        }

        await Task.WhenAny(worker, Task.Delay(patience));
        await _stop.CancelAsync();
        Nudge();
        await worker;
        Clear("the daemon ends");
    }

    public async ValueTask DisposeAsync()
    {
        await FinishAsync(TimeSpan.Zero);
        _stop.Dispose();
    }

    private static TaskCompletionSource NewNudge() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TimeSpan Later(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private static string Counted(int count) => count == 1 ? "1 that waits is" : $"{count} that wait are";

    private async Task WorkAsync()
    {
        while (Head() is { } head)
        {
            Delivery delivery;
            try
            {
                delivery = await _send(head.Value.Item, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                continue;       // asked to stop: Head says so
            }

            if (Settle(head, delivery) is { } pause)
            {
                await PauseAsync(pause);
            }
        }
    }

    private LinkedListNode<(T Item, long Since)>? Head()
    {
        lock (_lock)
        {
            _nextTryAt = null;
            _isNudged = false;
            while (_waiting.First is { } head && Stopwatch.GetElapsedTime(head.Value.Since) > _limits.OldestAge)
            {
                _waiting.RemoveFirst();
                _dropped++;
                _log($"{_name}: given up after {_limits.OldestAge.TotalHours.ToString("0.#", CultureInfo.InvariantCulture)} h: {head.Value.Item}");
            }

            _isWorking = _waiting.First is not null && !_stop.IsCancellationRequested;
            return _isWorking ? _waiting.First : null;
        }
    }

    /// <returns>How long to wait before the next attempt; null: none failed.</returns>
    private TimeSpan? Settle(LinkedListNode<(T Item, long Since)> head, Delivery delivery)
    {
        lock (_lock)
        {
            switch (delivery)
            {
                case Delivery.Done done:
                    Remove(head);
                    _sent++;
                    _lastSentAt = Stopwatch.GetTimestamp();
                    _log(done.LogLine);
                    Recover();
                    return null;
                case Delivery.Refused refused:
                    Remove(head);
                    _failures++;
                    _dropped++;
                    _log($"{_name}: {refused.Reason}; not tried again: {head.Value.Item}");
                    Recover();
                    return null;
                case Delivery.Failed failed:
                    return Fail(failed.Reason);
                default:
                    throw new UnreachableException();
            }
        }
    }

    private void Remove(LinkedListNode<(T Item, long Since)> head)
    {
        if (head.List is not null)
        {
            _waiting.Remove(head);      // unless it was cleared away meanwhile
        }
    }

    private void Recover()
    {
        if (_failuresInARow > 0)
        {
            _log($"{_name}: works again after {_failuresInARow} failed attempts{(_overflow > 0 ? $"; {_overflow} were dropped" : "")}");
        }

        _failuresInARow = 0;
        _overflow = 0;
        _lastError = null;
    }

    private TimeSpan Fail(string reason)
    {
        TimeSpan pause = _limits.FirstPause * Math.Pow(2, Math.Min(_failuresInARow, 30));
        // What changed while this attempt was under way was not heard by it.
        pause = _isNudged ? TimeSpan.Zero : pause < _limits.LongestPause ? pause : _limits.LongestPause;
        if (reason != _lastError)
        {
            _log(string.Create(
                CultureInfo.InvariantCulture, $"{_name}: {reason}; {_waiting.Count} waiting, tried again in {pause.TotalSeconds:0.#} s and then ever more slowly"));
        }

        _failures++;
        _failuresInARow++;
        _lastError = reason;
        _nextTryAt = Stopwatch.GetTimestamp() + (long)(pause.TotalSeconds * Stopwatch.Frequency);
        _nudge = NewNudge();
        return pause;
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        Task nudge;
        lock (_lock)
        {
            nudge = _stop.IsCancellationRequested ? Task.CompletedTask : _nudge.Task;
        }

        await Task.WhenAny(nudge, Task.Delay(pause, CancellationToken.None));
    }
}
