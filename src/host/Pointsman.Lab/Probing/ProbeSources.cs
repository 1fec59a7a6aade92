using System.Net;
using System.Net.Sockets;

namespace Pointsman.Lab.Probing;

/// <summary>The client addresses and ports a probe asks from, one after the other and round again.</summary>
internal sealed class ProbeSources(IReadOnlyList<IPAddress> addresses, int firstPort, int lastPort)
{
    private int _next;

    internal static ProbeSources Any { get; } = new([], 0, 0);

    internal IPEndPoint Next()
    {
        int turn = _next++;
        int ports = lastPort - firstPort + 1;
        return new IPEndPoint(
            addresses.Count == 0 ? IPAddress.Any : addresses[turn % addresses.Count],
            firstPort + ((addresses.Count == 0 ? turn : turn / addresses.Count) % ports));
    }

    /// <returns>False when the port is still taken by an earlier connection of this client.</returns>
    internal static bool TryBind(Socket socket, IPEndPoint source)
    {
        if (source is { Port: 0, Address: var address } && address.Equals(IPAddress.Any))
        {
            return true;
        }

        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(source);
            return true;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
