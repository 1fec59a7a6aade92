using System.Net;
using System.Net.Sockets;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// The far end of a tunnel by GUE over IPv4, for kernels that are built without: takes packets out of those that this
/// node's own stack has accepted for it, and hands them to that stack. Belongs to the namespace it is made in.
/// </summary>
internal sealed class TunnelExit : IDisposable
{
    internal const ushort Port = 6080;
    private const int GueBytes = 4;
    private const int Ipv6HeaderBytes = 40;

    private readonly Socket _outer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _v4 = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw);
    private readonly Socket _v6 = new(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.Raw);

    internal TunnelExit()
    {
        _outer.Bind(new IPEndPoint(IPAddress.Any, Port));
        new Thread(Run) { IsBackground = true, Name = "tunnel" }.Start();
    }

    public void Dispose()
    {
        _outer.Dispose();
        _v4.Dispose();
        _v6.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                int count = _outer.Receive(buffer);
                HandOver(buffer.AsSpan(GueBytes, count - GueBytes));
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The wire is being taken down.
        }
    }

    private void HandOver(ReadOnlySpan<byte> inner)
    {
        bool isV6 = inner[0] >> 4 == 6;
        ReadOnlySpan<byte> target = isV6 ? inner[24..Ipv6HeaderBytes] : inner[16..20];
        (isV6 ? _v6 : _v4).SendTo(inner, SocketFlags.None, new IPEndPoint(new IPAddress(target), 0).Serialize());
    }
}
