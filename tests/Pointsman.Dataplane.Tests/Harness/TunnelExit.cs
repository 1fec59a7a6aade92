using System.Net;
using System.Net.Sockets;
using Pointsman.Balance;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// The far end of a tunnel, for kernels that are built without: takes packets out of those that this node's own stack has
/// accepted for it, and hands them to that stack. Belongs to the namespace it is made in.
/// </summary>
internal sealed class TunnelExit : IDisposable
{
    internal const ushort GuePort = 6080;
    private const int IpInIp = 4;
    private const int Ipv6InIp = 41;
    private const int Gre = 47;
    private const int GreBytes = 4;
    private const int GueBytes = 4;
    private const int Ipv6HeaderBytes = 40;

    private readonly Socket _outer;
    private readonly Socket _v4 = new(AddressFamily.InterNetwork, SocketType.Raw, (ProtocolType)255);
    private readonly Socket _v6 = new(AddressFamily.InterNetworkV6, SocketType.Raw, (ProtocolType)255);
    private readonly int _shimBytes;
    private readonly bool _hasHeader;

    internal TunnelExit(TunnelKind kind, bool isOuterV6, bool isInnerV6)
    {
        AddressFamily family = isOuterV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        if (kind == TunnelKind.Gue)
        {
            _outer = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
            _outer.Bind(new IPEndPoint(isOuterV6 ? IPAddress.IPv6Any : IPAddress.Any, GuePort));
        }
        else
        {
            int protocol = kind == TunnelKind.Gre ? Gre : isInnerV6 ? Ipv6InIp : IpInIp;
            _outer = new Socket(family, SocketType.Raw, (ProtocolType)protocol);
        }

        // Only a raw socket of IPv4 is given the header as well.
        _hasHeader = kind != TunnelKind.Gue && !isOuterV6;
        _shimBytes = kind == TunnelKind.Gre ? GreBytes : kind == TunnelKind.Gue ? GueBytes : 0;
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
                int at = (_hasHeader ? (buffer[0] & 0xf) * 4 : 0) + _shimBytes;
                HandOver(buffer.AsSpan(at, count - at));
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
