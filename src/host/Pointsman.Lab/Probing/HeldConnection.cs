using System.Diagnostics;
using System.Net.Sockets;

namespace Pointsman.Lab.Probing;

/// <summary>How one held connection fared.</summary>
/// <param name="Server">Who answered on it last; null before the first answer.</param>
/// <param name="Answers">Requests answered on it.</param>
/// <param name="LongestWaitMs">The longest time from a request to its answer, one still under way included.</param>
/// <param name="Breaks">How often it ended and was opened again.</param>
/// <param name="EndedBy">How it ended last; null while it never did.</param>
public sealed record HeldReport(string? Server, int Answers, double LongestWaitMs, int Breaks, RequestOutcome? EndedBy);

/// <summary>
/// One connection that is kept and asked on again and again. It waits for each answer as long as TCP does, as a download
/// or a database session would, and is opened again when it breaks.
/// </summary>
internal sealed class HeldConnection(ProbeTarget target, System.Net.IPEndPoint source, TimeSpan period, Func<bool> paused)
{
    private readonly Lock _guard = new();

    private string? _server;
    private int _answers;
    private int _breaks;
    private long? _askedAt;
    private double _longestWaitMs;
    private RequestOutcome? _endedBy;

    internal HeldReport Report()
    {
        lock (_guard)
        {
            double waitingMs = _askedAt is { } askedAt ? Stopwatch.GetElapsedTime(askedAt).TotalMilliseconds : 0;
            return new HeldReport(_server, _answers, Math.Round(Math.Max(_longestWaitMs, waitingMs), 1), _breaks, _endedBy);
        }
    }

    internal async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                RequestOutcome endedBy = await RunOnceAsync(cancel).ConfigureAwait(false);
                lock (_guard)
                {
                    _breaks++;
                    _endedBy = endedBy;
                    _askedAt = null;
                }

                await RestAsync(cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The probe ends.
        }
    }

    private async Task<RequestOutcome> RunOnceAsync(CancellationToken cancel)
    {
        using Socket socket = new(target.Service.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            ProbeSources.TryBind(socket, source);
            await socket.ConnectAsync(target.Service, cancel).ConfigureAwait(false);
            byte[] buffer = new byte[4096];
            while (await AskAsync(socket, buffer, cancel).ConfigureAwait(false))
            {
                await RestAsync(cancel).ConfigureAwait(false);
            }

            return RequestOutcome.Garbled;
        }
        catch (SocketException error)
        {
            return ProbeTarget.OutcomeOf(error.SocketErrorCode);
        }
    }

    private async Task RestAsync(CancellationToken cancel)
    {
        do
        {
            await Task.Delay(period, cancel).ConfigureAwait(false);
        }
        while (paused());
    }

    private async Task<bool> AskAsync(Socket socket, byte[] buffer, CancellationToken cancel)
    {
        long askedAt = Stopwatch.GetTimestamp();
        lock (_guard)
        {
            _askedAt = askedAt;
        }

        await socket.SendAsync(target.Request(keepAlive: true), cancel).ConfigureAwait(false);
        int length = 0;
        string? server = null;
        while (server is null)
        {
            int count = await socket.ReceiveAsync(buffer.AsMemory(length), cancel).ConfigureAwait(false);
            length += count;
            server = ProbeTarget.ServerOf(buffer.AsSpan(0, length));
            if (server is null && (count == 0 || length == buffer.Length))
            {
                return false;
            }
        }

        lock (_guard)
        {
            _server = server;
            _answers++;
            _askedAt = null;
            _longestWaitMs = Math.Max(_longestWaitMs, Stopwatch.GetElapsedTime(askedAt).TotalMilliseconds);
        }

        return true;
    }
}
