using System.Net.Sockets;
using System.Text.Json;
using Pointsman.Linux.Processes;

namespace Pointsman.Control;

/// <summary>One client of the server: reads its line, sends its answer, and waits for neither longer than it may.</summary>
internal sealed class ControlConnection(Socket socket, ControlLimits limits, CancellationToken stop) : IDisposable
{
    internal PeerCredentials Credentials => PeerCredentials.Of(socket);

    /// <returns>A request, or what to answer instead of one.</returns>
    internal async Task<(ControlRequest? Request, ControlReply? Refusal)> ReceiveAsync()
    {
        var buffer = new byte[limits.RequestSizeBytes];
        int countBytes = 0;
        using CancellationTokenSource patience = Patience();
        try
        {
            while (true)
            {
                int received = await socket.ReceiveAsync(buffer.AsMemory(countBytes), patience.Token);
                int end = buffer.AsSpan(countBytes, received).IndexOf((byte)'\n');
                if (end >= 0)
                {
                    return Parse(buffer.AsSpan(0, countBytes + end));
                }

                countBytes += received;
                if (received == 0)
                {
                    return Parse(buffer.AsSpan(0, countBytes));
                }

                if (countBytes == buffer.Length)
                {
                    return (null, ControlReply.Error(
                        ControlError.TooLarge, $"a request has at most {limits.RequestSizeBytes} bytes"));
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, ControlReply.Error(ControlError.TooSlow, "no request came"));
        }
    }

    internal async Task SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> line)
    {
        using CancellationTokenSource patience = Patience();
        foreach (ReadOnlyMemory<byte> piece in line)
        {
            for (ReadOnlyMemory<byte> left = piece; !left.IsEmpty;)
            {
                left = left[await socket.SendAsync(left, SocketFlags.None, patience.Token)..];
            }
        }

        socket.Shutdown(SocketShutdown.Send);
        DiscardUnread();
    }

    public void Dispose() => socket.Dispose();

    // Closing over unread bytes would reset the connection, and with it the answer just sent.
    private void DiscardUnread()
    {
        Span<byte> scratch = stackalloc byte[4096];
        for (int i = 0; i < limits.RequestSizeBytes / scratch.Length && socket.Available > 0; i++)
        {
            socket.Receive(scratch);
        }
    }

    private static (ControlRequest? Request, ControlReply? Refusal) Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            ControlRequest? request = JsonSerializer.Deserialize(line, ControlWireJson.Default.ControlRequest);
            if (!string.IsNullOrEmpty(request?.Verb))
            {
                return (request, null);
            }
        }
        catch (JsonException)
        {
            // Answered below, as any other line that is no request.
        }

        return (null, ControlReply.Error(ControlError.BadRequest, "a request is one line such as {\"verb\":\"status\"}"));
    }

    private CancellationTokenSource Patience()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(limits.IdleTimeout);
        return patience;
    }
}
