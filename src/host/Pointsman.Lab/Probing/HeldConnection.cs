using System.Diagnostics;
using System.Net.Sockets;

namespace Pointsman.Lab.Probing;

/// <summary>How one held connection stands.</summary>
/// <param name="Server">Who answers on it; null before the first answer.</param>
/// <param name="Answers">Requests answered on it.</param>
/// <param name="LongestWaitMs">The longest time from a request to its answer, one still under way included.</param>
/// <param name="EndedBy">Null while it is open.</param>
public sealed record HeldReport(string? Server, int Answers, double LongestWaitMs, RequestOutcome? EndedBy);

/// <summary>
/// One connection that is kept and asked on again and again. It waits for each answer as long as TCP does, as a download
/// or a database session would.
/// </summary>
internal sealed class HeldConnection(ProbeTarget target, System.Net.IPEndPoint source, TimeSpan period, Func<bool> paused)
{
    private readonly Lock _guard = new();

    private string? _server;
    private int _answers;
    private long? _askedAt;
    private double _longestWaitMs;
    private RequestOutcome? _endedBy;

    internal HeldReport Report()
    {
        lock (_guard)
        {
            double waitingMs = _askedAt is { } askedAt ? Stopwatch.GetElapsedTime(askedAt).TotalMilliseconds : 0;
            return new HeldReport(_server, _answers, Math.Round(Math.Max(_longestWaitMs, waitingMs), 1), _endedBy);
        }
    }

    /// <summary>Until the connection ends or the probe does.</summary>
    internal async Task RunAsync(CancellationToken cancel)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        RequestOutcome endedBy;
        try
        {
            ProbeSources.TryBind(socket, source);
            await socket.ConnectAsync(target.Service, cancel).ConfigureAwait(false);
            byte[] buffer = new byte[4096];
            while (await AskAsync(socket, buffer, cancel).ConfigureAwait(false))
            {
                do
                {
                    await Task.Delay(period, cancel).ConfigureAwait(false);
                }
                while (paused());
            }

            endedBy = RequestOutcome.Garbled;
        }
        catch (SocketException error)
        {
            endedBy = ProbeTarget.OutcomeOf(error.SocketErrorCode);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        lock (_guard)
        {
            _endedBy = endedBy;
            _askedAt = null;
        }
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
