using System.Diagnostics;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;

namespace Pointsman.Probes;

/// <summary>
/// Waits for the connections of all TCP checks, on one thread of its own: of ten thousand servers there is one every half
/// millisecond, and to hand each to another thread costs more than the connection. Any thread may call; whoever awaits goes on on
/// the connector's thread, and must not wait there.
/// </summary>
#pragma warning disable CA1001 // there is one, and it lives as long as the process
internal sealed class TcpConnector
#pragma warning restore CA1001
{
    private const uint WakeToken = 0;

    /// <summary>Shorter than most patience: then the thread needs not be woken for a new connection.</summary>
    private static readonly long s_longestWait = Stopwatch.Frequency;

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, Pending> _pending = [];
    private readonly PriorityQueue<uint, long> _deadlines = new();
    private readonly EventPoll _poll = new();
    private readonly WakeEvent _wake = new();
    private uint _lastToken;
    private long _sleepsUntil;

    private TcpConnector()
    {
        _poll.Add(_wake.Descriptor, WakeToken);
        new Thread(Run) { IsBackground = true, Name = "tcp checks" }.Start();
    }

    internal static TcpConnector Shared { get; } = new();

    /// <param name="socket">Closed by the caller, not before the outcome.</param>
    /// <returns>0, or why there is no connection (errno).</returns>
    internal Task<int> ConnectAsync(Socket socket, TransportEndpoint target, TimeSpan patience, CancellationToken stop)
    {
        int begun = OutgoingConnection.Begin(socket.SafeHandle, target);
        if (begun != Errno.InProgress)
        {
            return Task.FromResult(begun);
        }

        var pending = new Pending(socket.SafeHandle);
        uint token = Enter(pending, Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency));
        pending.Stopped = stop.UnsafeRegister(
            (_, why) =>
            {
                if (Take(token) is not null)
                {
                    pending.TrySetCanceled(why);
                }
            },
            null);
        try
        {
            _poll.AddOnce(socket.SafeHandle, token);
        }
        catch (ErrnoException refused)
        {
            Take(token)?.End(refused.Errno);
        }

        return pending.Task;
    }

    private uint Enter(Pending pending, long deadline)
    {
        bool isAsleepTooLong;
        uint token;
        lock (_lock)
        {
            do
            {
                token = ++_lastToken;
            }
            while (token == WakeToken || !_pending.TryAdd(token, pending));

            // Those that had their outcome in time are still in there.
            if (_deadlines.Count > 4096 + (4 * _pending.Count))
            {
                var live = _deadlines.UnorderedItems.Where(entry => _pending.ContainsKey(entry.Element)).ToList();
                _deadlines.Clear();
                _deadlines.EnqueueRange(live);
            }

            _deadlines.Enqueue(token, deadline);
            isAsleepTooLong = deadline < _sleepsUntil;
        }

        if (isAsleepTooLong)
        {
            _wake.Signal();
        }

        return token;
    }

    private Pending? Take(uint token)
    {
        lock (_lock)
        {
            return _pending.Remove(token, out Pending? pending) ? pending : null;
        }
    }

    private void Run()
    {
        while (true)
        {
            int count = _poll.Wait(PlanSleep());
            for (int i = 0; i < count; i++)
            {
                uint token = _poll.Ready(i).Token;
                if (token == WakeToken)
                {
                    _wake.Acknowledge();
                }
                else if (Take(token) is { } pending)
                {
                    pending.End(OutgoingConnection.Outcome(pending.Socket));
                }
            }

            while (TakeExpired() is { } pending)
            {
                pending.End(Errno.TimedOut);
            }
        }
    }

    /// <returns>Milliseconds; negative: until it is woken.</returns>
    private int PlanSleep()
    {
        lock (_lock)
        {
            if (_pending.Count == 0 && _deadlines.Count == 0)
            {
                _sleepsUntil = long.MaxValue;
                return -1;
            }

            long now = Stopwatch.GetTimestamp();
            _sleepsUntil = now + s_longestWait;
            if (_deadlines.TryPeek(out _, out long first) && first < _sleepsUntil)
            {
                _sleepsUntil = first;
            }

            return (int)Math.Max(0, ((_sleepsUntil - now) * 1000 / Stopwatch.Frequency) + 1);
        }
    }

    private Pending? TakeExpired()
    {
        lock (_lock)
        {
            long now = Stopwatch.GetTimestamp();
            while (_deadlines.TryPeek(out uint token, out long deadline) && (deadline <= now || !_pending.ContainsKey(token)))
            {
                _deadlines.Dequeue();
                if (_pending.Remove(token, out Pending? pending))
                {
                    return pending;
                }
            }

            return null;
        }
    }

    private sealed class Pending(SafeSocketHandle socket) : TaskCompletionSource<int>
    {
        internal SafeSocketHandle Socket => socket;

        internal CancellationTokenRegistration Stopped { get; set; }

        internal void End(int outcome)
        {
            Stopped.Unregister();
            TrySetResult(outcome);
        }
    }
}
