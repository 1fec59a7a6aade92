using System.Diagnostics;
using System.Net.Sockets;

namespace Pointsman.Lab.Probing;

/// <summary>
/// Asks at a fixed rate, each request on a connection of its own with a deadline of its own. One thread keeps the pace; it
/// never waits for an answer, so a dead service does not slow the asking.
/// </summary>
internal sealed class HttpProbe : IDisposable
{
    private readonly ProbeTarget _target;
    private readonly ProbeSources _sources;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _deadline;
    private readonly RequestLog _log = new();
    private readonly long _epoch = Stopwatch.GetTimestamp();
    private readonly Thread _pacer;

    private volatile bool _paused;
    private volatile bool _ended;

    internal HttpProbe(ProbeTarget target, ProbeSources sources, double ratePerSecond, TimeSpan deadline)
    {
        _target = target;
        _sources = sources;
        _interval = TimeSpan.FromSeconds(1 / ratePerSecond);
        _deadline = deadline;
        _pacer = new Thread(KeepPace) { Name = "probe pace", IsBackground = true };
    }

    internal bool Paused
    {
        get => _paused;
        set => _paused = value;
    }

    internal void Start() => _pacer.Start();

    public void Dispose()
    {
        _ended = true;
        _pacer.Join();
    }

    /// <summary>Waits until every request begun so far has ended, and sums them up.</summary>
    internal ProbeReport Report()
    {
        double untilMs = NowMs;
        // Each ends at its deadline at the latest; the rest is for a machine with more to do than cores.
        Poll.UntilOrThrow(_deadline * 10, "the end of the requests under way", () => _log.AllEndedBefore(untilMs));
        return _log.Take(untilMs);
    }

    /// <summary>Sums up a window that ended long enough ago for a healthy service to have answered.</summary>
    internal ProbeReport Recent(TimeSpan window)
    {
        double untilMs = NowMs - GraceMs;
        return _log.Look(untilMs - window.TotalMilliseconds, untilMs);
    }

    private const double GraceMs = 150;

    private double NowMs => Stopwatch.GetElapsedTime(_epoch).TotalMilliseconds;

    private void KeepPace()
    {
        TimeSpan next = Stopwatch.GetElapsedTime(_epoch);
        while (!_ended)
        {
            TimeSpan now = Stopwatch.GetElapsedTime(_epoch);
            if (now < next)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(Math.Min((next - now).TotalMilliseconds, 20)));
                continue;
            }

            // Missed turns are left out: a burst would be another load than the one asked for.
            next = next + _interval > now ? next + _interval : now + _interval;
            if (!_paused)
            {
                _ = AskAsync();
            }
        }
    }

    private async Task AskAsync()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (!ProbeSources.TryBind(socket, _sources.Next()))
        {
            return;
        }

        using CancellationTokenSource deadline = new(_deadline);
        RequestLog.Request request = _log.Begin(NowMs);
        RequestOutcome outcome = RequestOutcome.Garbled;
        string? server = null;
        try
        {
            await socket.ConnectAsync(_target.Service, deadline.Token).ConfigureAwait(false);
            await socket.SendAsync(_target.Request(keepAlive: false), deadline.Token).ConfigureAwait(false);
            server = await ReadAsync(socket, deadline.Token).ConfigureAwait(false);
            outcome = server is null ? RequestOutcome.Garbled : RequestOutcome.Answered;
        }
        catch (OperationCanceledException)
        {
            outcome = RequestOutcome.TimedOut;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            // The port's last connection to this service is not forgotten yet, on the client's own side.
            _log.Withdraw(request);
            return;
        }
        catch (SocketException error)
        {
            outcome = ProbeTarget.OutcomeOf(error.SocketErrorCode);
        }

        if (outcome != RequestOutcome.Answered)
        {
            // Closed without the farewell, which nobody may hear: it would keep the port.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        _log.End(request, outcome, server);
    }

    // To the end of the stream, so that the server closes first and the client's port is free at once.
    private static async Task<string?> ReadAsync(Socket socket, CancellationToken cancel)
    {
        byte[] buffer = new byte[4096];
        int length = 0;
        while (length < buffer.Length)
        {
            int count = await socket.ReceiveAsync(buffer.AsMemory(length), cancel).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            length += count;
        }

        return ProbeTarget.ServerOf(buffer.AsSpan(0, length));
    }
}
