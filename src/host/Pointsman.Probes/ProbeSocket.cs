using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Pointsman.Base;
using Pointsman.Health;
using Pointsman.Linux;

namespace Pointsman.Probes;

/// <summary>Opens the sockets of probes, bound as the check says, and words what goes wrong with them.</summary>
internal static class ProbeSocket
{
    private const int SolSocket = 1;
    private const int SoBindToDevice = 25;
    private const int SoMark = 36;
    private const int ProtocolTcp = 6;
    private const int TcpMaxSegment = 2;

    /// <summary>Throws <see cref="SocketException"/> when the binding cannot be had.</summary>
    internal static Socket Open(TransportEndpoint target, ProbeBinding binding, SocketType type, ProtocolType protocol)
    {
        AddressFamily family = target.Address.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        if (binding.HasOwnPort && type != SocketType.Raw)
        {
            return OwnPortSocket.Open(family, type, protocol, target, binding);
        }

        var socket = new Socket(family, type, protocol);
        try
        {
            Bind(socket, target, binding);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>False: without a listener on this host the kernel paired the socket with itself, so nobody listens.</summary>
    internal static async ValueTask<bool> TryConnectAsync(Socket socket, TransportEndpoint target, CancellationToken patience)
    {
        await socket.ConnectAsync(EndPointOf(target), patience);
        return !Equals(socket.LocalEndPoint, socket.RemoteEndPoint);
    }

    internal static IPEndPoint EndPointOf(TransportEndpoint target) => new(target.Address.ToNet(), target.Port);

    internal static ProbeOutcome Classify(SocketException failure) => failure.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new ProbeOutcome.Refused(),
        // Not connected (any more): the reset came between the connection and our first look at it.
        SocketError.ConnectionReset or SocketError.NotConnected => new ProbeOutcome.Reset(),
        SocketError.TimedOut => new ProbeOutcome.TimedOut(),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            => new ProbeOutcome.Unreachable(failure.Message),
        SocketError.AddressNotAvailable or SocketError.AddressAlreadyInUse
            => new ProbeOutcome.Error(failure.Message) { IsPortTaken = true },
        _ => new ProbeOutcome.Error(failure.Message),
    };

    /// <param name="errno">What the kernel said of a connection.</param>
    internal static ProbeOutcome Classify(int errno) => errno switch
    {
        Errno.ConnectionRefused => new ProbeOutcome.Refused(),
        Errno.ConnectionReset => new ProbeOutcome.Reset(),
        Errno.TimedOut => new ProbeOutcome.TimedOut(),
        Errno.HostUnreachable or Errno.NetworkUnreachable or Errno.HostDown or Errno.NetworkDown
            => new ProbeOutcome.Unreachable(Words(errno)),
        Errno.AddressNotAvailable or Errno.AddressInUse => new ProbeOutcome.Error(Words(errno)) { IsPortTaken = true },
        _ => new ProbeOutcome.Error(Words(errno)),
    };

    private static string Words(int errno) => ErrnoException.Text(errno);

    internal static void Bind(Socket socket, TransportEndpoint target, ProbeBinding binding)
    {
        if (binding.Interface is string device)
        {
            socket.SetRawSocketOption(SolSocket, SoBindToDevice, Encoding.ASCII.GetBytes(device + '\0'));
        }

        if (binding.Mark != 0)
        {
            uint mark = binding.Mark;
            socket.SetRawSocketOption(SolSocket, SoMark, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(ref mark)));
        }

        if (binding.SegmentBytes != 0 && socket.SocketType == SocketType.Stream)
        {
            int most = binding.SegmentBytes;
            socket.SetRawSocketOption(ProtocolTcp, TcpMaxSegment, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(ref most)));
        }

        if (binding.Address is not null || binding.Port != 0)
        {
            IPAddress any = target.Address.IsV4 ? IPAddress.Any : IPAddress.IPv6Any;
            socket.Bind(new IPEndPoint(binding.Address?.ToNet() ?? any, binding.Port));
        }
    }
}
