using System.Net.Sockets;
using Pointsman.Health;

namespace Pointsman.Probes;

/// <summary><c>TCP_CHECK</c>: a connection that is made is a success, and is closed politely at once.</summary>
public static class TcpProbe
{
    /// <param name="stop">Ends the probe without an outcome (<see cref="OperationCanceledException"/>).</param>
    public static async Task<ProbeOutcome> RunAsync(ProbeRequest request, CancellationToken stop = default)
    {
        using var patience = new Patience(request, stop);
        try
        {
            using Socket socket = ProbeSocket.Open(request.Target, request.Binding, SocketType.Stream, ProtocolType.Tcp);
            if (!await ProbeSocket.TryConnectAsync(socket, request.Target, patience.Token))
            {
                return new ProbeOutcome.Refused();
            }

            TimeSpan duration = patience.Elapsed;
            HangUp(socket);
            return new ProbeOutcome.Success(duration);
        }
        catch (SocketException failure)
        {
            return ProbeSocket.Classify(failure);
        }
        catch (OperationCanceledException) when (patience.HasRunOut)
        {
            return new ProbeOutcome.TimedOut();
        }
    }

    // Closing over a banner nobody read would reset the connection, which servers log as an error every delay_loop.
    private static void HangUp(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            Span<byte> scratch = stackalloc byte[1024];
            for (int i = 0; i < 16 && socket.Available > 0; i++)
            {
                socket.Receive(scratch);
            }
        }
        catch (SocketException)
        {
            // The server hung up first: it accepted, which is what was asked.
        }
    }
}
