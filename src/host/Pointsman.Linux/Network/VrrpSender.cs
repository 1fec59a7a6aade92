using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>
/// Sends VRRP packets of one family, IP header included: to a multicast group by one interface, or to unicast peers by the
/// routes. It also holds the interface's membership of its groups, so that switches that watch IGMP or MLD deliver them
/// here. Sending allocates nothing.
/// </summary>
public sealed unsafe class VrrpSender : IDisposable
{
    private const int InternetworkControlPriority = 7;   // TC_PRIO_CONTROL

    private readonly FileDescriptor _socket;
    private readonly IpFamily _family;
    private readonly int _interfaceIndex;

    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    public VrrpSender(int interfaceIndex, IpFamily family, IEnumerable<IpAddress> groups)
    {
        _interfaceIndex = interfaceIndex;
        _family = family;

        // Of this protocol number nothing is ever received: packets are heard by VrrpListener. Headers are ours to write.
        _socket = LibCSocket.Open(
            family == IpFamily.V4 ? LibCSocket.AF_INET : LibCSocket.AF_INET6,
            LibCSocket.SOCK_RAW | LibCSocket.SOCK_NONBLOCK,
            LibCSocket.IPPROTO_RAW,
            $"socket({(family == IpFamily.V4 ? "AF_INET" : "AF_INET6")}, SOCK_RAW, IPPROTO_RAW)");
        try
        {
            SetOption(LibCSocket.SOL_SOCKET, LibCSocket.SO_PRIORITY, InternetworkControlPriority, "SO_PRIORITY");
            if (family == IpFamily.V4)
            {
                SetOption(LibCSocket.SOL_IP, LibCSocket.IP_MULTICAST_LOOP, 0, "IP_MULTICAST_LOOP");
                SetMulticast(LibCSocket.IP_MULTICAST_IF, default, "IP_MULTICAST_IF");
            }
            else
            {
                SetOption(LibCSocket.SOL_IPV6, LibCSocket.IPV6_MULTICAST_LOOP, 0, "IPV6_MULTICAST_LOOP");
                SetOption(LibCSocket.SOL_IPV6, LibCSocket.IPV6_MULTICAST_IF, interfaceIndex, "IPV6_MULTICAST_IF");
            }

            foreach (IpAddress group in groups)
            {
                Join(group);
            }
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one packet.</summary>
    /// <returns>False when the interface takes none now (down, unreachable, out of buffers): <paramref name="errno"/> says.</returns>
    public bool TrySend(ReadOnlySpan<byte> packet, IpAddress target, out int errno)
    {
        // A group is on the link; a unicast peer may be behind a router.
        int flags = LibCSocket.MSG_DONTWAIT | (target.IsMulticast ? LibCSocket.MSG_DONTROUTE : 0);
        nint count;
        fixed (byte* pointer = packet)
        {
            if (_family == IpFamily.V4)
            {
                var address = new LibCSocket.InternetAddress
                {
                    Family = LibCSocket.AF_INET, AddressBe = NetworkOrder(target.V4Bits),
                };
                count = LibCSocket.SendTo(
                    _socket, pointer, (nuint)packet.Length, flags, &address, (uint)sizeof(LibCSocket.InternetAddress));
            }
            else
            {
                // The scope counts for link-local targets only.
                var address = new LibCSocket.InternetAddress6
                {
                    Family = LibCSocket.AF_INET6, ScopeId = (uint)_interfaceIndex,
                };
                target.WriteBytes(new Span<byte>(address.Address, 16));
                count = LibCSocket.SendTo(
                    _socket, pointer, (nuint)packet.Length, flags, &address, (uint)sizeof(LibCSocket.InternetAddress6));
            }
        }

        errno = count < 0 ? LibC.LastError : 0;
        return count >= 0;
    }

    public void Dispose() => _socket.Dispose();

    private static uint NetworkOrder(uint value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    private void Join(IpAddress group)
    {
        if (_family == IpFamily.V4)
        {
            SetMulticast(LibCSocket.IP_ADD_MEMBERSHIP, group, "IP_ADD_MEMBERSHIP");
            return;
        }

        var request = new LibCSocket.MulticastRequest6 { InterfaceIndex = _interfaceIndex };
        group.WriteBytes(new Span<byte>(request.Group, 16));
        if (LibCSocket.SetSocketOption(
            _socket, LibCSocket.SOL_IPV6, LibCSocket.IPV6_JOIN_GROUP, &request, (uint)sizeof(LibCSocket.MulticastRequest6)) < 0)
        {
            throw ErrnoException.Last($"setsockopt(IPV6_JOIN_GROUP, {group}, ifindex {_interfaceIndex})");
        }
    }

    private void SetOption(int level, int option, int value, string description) =>
        LibCSocket.SetOption(_socket, level, option, value, description);

    private void SetMulticast(int option, IpAddress group, string description)
    {
        var request = new LibCSocket.MulticastRequest
        {
            GroupBe = group == default ? 0 : NetworkOrder(group.V4Bits),
            InterfaceIndex = _interfaceIndex,
        };
        if (LibCSocket.SetSocketOption(
            _socket, LibCSocket.SOL_IP, option, &request, (uint)sizeof(LibCSocket.MulticastRequest)) < 0)
        {
            throw ErrnoException.Last($"setsockopt({description}, {group}, ifindex {_interfaceIndex})");
        }
    }
}
