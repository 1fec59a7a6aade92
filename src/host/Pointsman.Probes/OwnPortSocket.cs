using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes;

/// <summary>
/// A socket whose port no other probe has while it is open. On the client's road all real servers answer from one address
/// and port, so the port is what tells whose answer it is; the kernel, left alone, gives one port to connections with
/// different ends.
/// </summary>
internal sealed class OwnPortSocket : Socket
{
    private const int Attempts = 16;

    private readonly ushort _port;

    private OwnPortSocket(AddressFamily family, SocketType type, ProtocolType protocol, ushort port)
        : base(family, type, protocol) => _port = port;

    internal static Socket Open(
        AddressFamily family, SocketType type, ProtocolType protocol, TransportEndpoint target, ProbeBinding binding)
    {
        for (int attempt = 1; ; attempt++)
        {
            ushort port = PortPool.Shared.Take(target);
            var socket = new OwnPortSocket(family, type, protocol, port);
            try
            {
                // Other connections of this host that closed lately, to other ends, hold most ports for a minute.
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
                ProbeSocket.Bind(socket, target, binding with { Port = port });
                return socket;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < Attempts)
            {
                socket.Dispose();
            }
            catch (SocketException)
            {
                socket.Dispose();
                throw;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        PortPool.Shared.Return(_port);
    }
}
