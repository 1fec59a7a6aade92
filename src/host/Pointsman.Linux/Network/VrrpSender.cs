using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>
/// Sends VRRP packets, IP header included, to the multicast group by one interface. It also holds the interface's
/// membership of the group, so that switches that watch IGMP deliver the group here. Sending allocates nothing.
/// </summary>
public sealed unsafe class VrrpSender : IDisposable
{
    private const int InternetworkControlPriority = 7;   // TC_PRIO_CONTROL
    private readonly FileDescriptor _socket;

    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    public VrrpSender(int interfaceIndex, IpAddress group)
    {
        _socket = LibCSocket.Open(
            LibCSocket.AF_INET,
            LibCSocket.SOCK_RAW | LibCSocket.SOCK_NONBLOCK,
            LibCSocket.IPPROTO_VRRP,
            "socket(AF_INET, SOCK_RAW, IPPROTO_VRRP)");
        try
        {
            // Packets are read by VrrpListener; what this socket receives is thrown away in the smallest buffer there is.
            SetOption(LibCSocket.SOL_SOCKET, LibCSocket.SO_RCVBUF, 0, "SO_RCVBUF");
            SetOption(LibCSocket.SOL_IP, LibCSocket.IP_HDRINCL, 1, "IP_HDRINCL");
            SetOption(LibCSocket.SOL_IP, LibCSocket.IP_MULTICAST_LOOP, 0, "IP_MULTICAST_LOOP");
            SetOption(LibCSocket.SOL_IP, LibCSocket.IP_MULTICAST_TTL, 255, "IP_MULTICAST_TTL");
            SetOption(LibCSocket.SOL_SOCKET, LibCSocket.SO_PRIORITY, InternetworkControlPriority, "SO_PRIORITY");
            SetMulticast(LibCSocket.IP_MULTICAST_IF, interfaceIndex, group, "IP_MULTICAST_IF");
            SetMulticast(LibCSocket.IP_ADD_MEMBERSHIP, interfaceIndex, group, "IP_ADD_MEMBERSHIP");
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
        uint targetBits = target.V4Bits;
        var address = new LibCSocket.InternetAddress
        {
            Family = LibCSocket.AF_INET,
            AddressBe = NetworkOrder(targetBits),
        };
        nint count;
        fixed (byte* pointer = packet)
        {
            count = LibCSocket.SendTo(
                _socket,
                pointer,
                (nuint)packet.Length,
                LibCSocket.MSG_DONTROUTE | LibCSocket.MSG_DONTWAIT,
                &address,
                (uint)sizeof(LibCSocket.InternetAddress));
        }

        errno = count < 0 ? LibC.LastError : 0;
        return count >= 0;
    }

    public void Dispose() => _socket.Dispose();

    private static uint NetworkOrder(uint value) =>
        BitConverter.IsLittleEndian ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value) : value;

    private void SetOption(int level, int option, int value, string description) =>
        LibCSocket.SetOption(_socket, level, option, value, description);

    private void SetMulticast(int option, int interfaceIndex, IpAddress group, string description)
    {
        var request = new LibCSocket.MulticastRequest
        {
            GroupBe = NetworkOrder(group.V4Bits),
            InterfaceIndex = interfaceIndex,
        };
        if (LibCSocket.SetSocketOption(
            _socket, LibCSocket.SOL_IP, option, &request, (uint)sizeof(LibCSocket.MulticastRequest)) < 0)
        {
            throw ErrnoException.Last($"setsockopt({description}, {group}, ifindex {interfaceIndex})");
        }
    }
}
