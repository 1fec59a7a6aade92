using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes;

/// <summary><c>TCP_CHECK</c>: a connection that is made is a success, and is closed politely at once.</summary>
public static class TcpProbe
{
    /// <param name="bind"><c>bindto</c>; null lets the kernel choose.</param>
    /// <param name="stop">Ends the probe without an outcome (<see cref="OperationCanceledException"/>).</param>
    public static async Task<ProbeOutcome> RunAsync(
        TransportEndpoint target, TimeSpan timeout, IpAddress? bind = null, CancellationToken stop = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(timeout);
        long started = Stopwatch.GetTimestamp();
        try
        {
            using Socket socket = Open(target, bind);
            await socket.ConnectAsync(new IPEndPoint(target.Address.ToNet(), target.Port), patience.Token);
            TimeSpan duration = Stopwatch.GetElapsedTime(started);

            // Without a listener on this host the kernel may pair the socket with itself.
            if (Equals(socket.LocalEndPoint, socket.RemoteEndPoint))
            {
                return new ProbeOutcome.Refused();
            }

            HangUp(socket);
            return new ProbeOutcome.Success(duration);
        }
        catch (SocketException failure)
        {
            return Classify(failure);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new ProbeOutcome.TimedOut();
        }
    }

    internal static ProbeOutcome Classify(SocketException failure) => failure.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new ProbeOutcome.Refused(),
        // Not connected (any more): the reset came between the connection and our first look at it.
        SocketError.ConnectionReset or SocketError.NotConnected => new ProbeOutcome.Reset(),
        SocketError.TimedOut => new ProbeOutcome.TimedOut(),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            => new ProbeOutcome.Unreachable(failure.Message),
        _ => new ProbeOutcome.Error(failure.Message),
    };

    private static Socket Open(TransportEndpoint target, IpAddress? bind)
    {
        AddressFamily family = target.Address.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (bind is IpAddress source)
            {
                socket.Bind(new IPEndPoint(source.ToNet(), 0));
            }

            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
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
