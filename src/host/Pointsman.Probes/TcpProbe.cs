using System.Diagnostics;
using System.Net.Sockets;
using Pointsman.Health;
using Pointsman.Linux.Network;

namespace Pointsman.Probes;

/// <summary><c>TCP_CHECK</c>: a connection that is made is a success, and is closed politely at once.</summary>
public static class TcpProbe
{
    private const ushort FirstFreePort = 1024;

    /// <param name="stop">Ends the probe without an outcome (<see cref="OperationCanceledException"/>).</param>
    public static async Task<ProbeOutcome> RunAsync(ProbeRequest request, CancellationToken stop = default)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            using Socket socket = ProbeSocket.Open(request.Target, request.Binding, SocketType.Stream, ProtocolType.Tcp);
            TimeSpan patience = request.Limit < request.Timeout ? request.Limit : request.Timeout;
            int failure = await TcpConnector.Shared.ConnectAsync(socket, request.Target, patience, stop);
            if (failure != 0)
            {
                return ProbeSocket.Classify(failure);
            }

            // Ports below this one the kernel gives to nobody who did not ask for them.
            if ((request.Target.Port >= FirstFreePort || request.Binding.Port != 0) && OutgoingConnection.IsToItself(socket.SafeHandle, request.Target))
            {
                return new ProbeOutcome.Refused();
            }

            TimeSpan duration = Stopwatch.GetElapsedTime(started);
            HangUp(socket);
            return new ProbeOutcome.Success(duration);
        }
        catch (SocketException failure)
        {
            return ProbeSocket.Classify(failure);
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
