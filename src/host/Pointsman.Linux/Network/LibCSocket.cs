using System.Runtime.InteropServices;

namespace Pointsman.Linux.Network;

/// <summary>Sockets that <c>System.Net.Sockets</c> refuses or cannot describe: netlink, raw IP protocol 112, packet.</summary>
internal static unsafe partial class LibCSocket
{
    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;
    internal const int AF_NETLINK = 16;
    internal const int AF_PACKET = 17;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_NONBLOCK = 0x800;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int SOL_IP = 0;
    internal const int SOL_SOCKET = 1;
    internal const int SOL_IPV6 = 41;
    internal const int SOL_PACKET = 263;
    internal const int SOL_NETLINK = 270;
    internal const int SO_REUSEADDR = 2;
    internal const int SO_RCVBUF = 8;
    internal const int SO_PRIORITY = 12;
    internal const int SO_BINDTODEVICE = 25;
    internal const int SO_ATTACH_FILTER = 26;
    internal const int SO_RCVBUFFORCE = 33;
    internal const int IP_HDRINCL = 3;
    internal const int IP_RECVERR = 11;
    internal const int IP_MULTICAST_IF = 32;
    internal const int IP_MULTICAST_TTL = 33;
    internal const int IP_MULTICAST_LOOP = 34;
    internal const int IP_ADD_MEMBERSHIP = 35;
    internal const int IPV6_MULTICAST_IF = 17;
    internal const int IPV6_MULTICAST_HOPS = 18;
    internal const int IPV6_MULTICAST_LOOP = 19;
    internal const int IPV6_JOIN_GROUP = 20;
    internal const int IPV6_RECVERR = 25;
    internal const int PACKET_ADD_MEMBERSHIP = 1;
    internal const int PACKET_MR_MULTICAST = 0;
    internal const int MSG_DONTROUTE = 0x4;
    internal const int MSG_DONTWAIT = 0x40;
    internal const int MSG_TRUNC = 0x20;
    internal const int MSG_ERRQUEUE = 0x2000;
    internal const int IPPROTO_AH = 51;
    internal const int IPPROTO_VRRP = 112;
    internal const int IPPROTO_RAW = 255;
    internal const int ETH_P_ALL = 0x0003;
    internal const int ETH_P_IP = 0x0800;
    internal const int ETH_P_ARP = 0x0806;
    internal const int ETH_P_IPV6 = 0x86dd;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(FileDescriptor socket, void* address, uint sizeBytes);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int GetSocketName(FileDescriptor socket, void* address, uint* sizeBytes);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSocketOption(FileDescriptor socket, int level, int option, void* value, uint sizeBytes);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(
        FileDescriptor socket, void* bytes, nuint sizeBytes, int flags, void* address, uint addressSizeBytes);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    internal static partial nint ReceiveFrom(
        FileDescriptor socket, void* bytes, nuint sizeBytes, int flags, void* address, uint* addressSizeBytes);

    // Variadic in C: on both machines a pointer goes the same way as to any other function.
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(FileDescriptor socket, nuint request, void* argument);

    internal static FileDescriptor Open(int domain, int type, int protocol, string description)
    {
        int descriptor = Socket(domain, type | SOCK_CLOEXEC, protocol);
        return descriptor < 0 ? throw ErrnoException.Last(description) : new FileDescriptor(descriptor);
    }

    internal static void SetOption(FileDescriptor socket, int level, int option, int value, string description)
    {
        if (SetSocketOption(socket, level, option, &value, sizeof(int)) < 0)
        {
            throw ErrnoException.Last($"setsockopt({description})");
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NetlinkAddress
    {
        internal ushort Family;
        internal ushort Pad;
        internal uint PortId;
        internal uint Groups;
    }

    /// <summary>struct sockaddr_ll; the protocol is in network order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LinkLayerAddress
    {
        internal ushort Family;
        internal ushort ProtocolBe;
        internal int InterfaceIndex;
        internal ushort HardwareType;
        internal byte PacketType;
        internal byte AddressLengthBytes;
        internal fixed byte Address[8];
    }

    /// <summary>struct sockaddr_in; port and address are in network order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct InternetAddress
    {
        internal ushort Family;
        internal ushort PortBe;
        internal uint AddressBe;
        internal ulong Zero;
    }

    /// <summary>struct sockaddr_in6; port and address are in network order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct InternetAddress6
    {
        internal ushort Family;
        internal ushort PortBe;
        internal uint FlowInfoBe;
        internal fixed byte Address[16];
        internal uint ScopeId;
    }

    /// <summary>struct ipv6_mreq.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MulticastRequest6
    {
        internal fixed byte Group[16];
        internal int InterfaceIndex;
    }

    /// <summary>struct ip_mreqn.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MulticastRequest
    {
        internal uint GroupBe;
        internal uint LocalBe;
        internal int InterfaceIndex;
    }

    /// <summary>struct packet_mreq.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PacketMembership
    {
        internal int InterfaceIndex;
        internal ushort Type;
        internal ushort AddressLengthBytes;
        internal fixed byte Address[8];
    }

    /// <summary>struct sock_filter: one instruction of classic BPF.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FilterInstruction(ushort code, byte jumpTrue, byte jumpFalse, uint value)
    {
        internal ushort Code = code;
        internal byte JumpTrue = jumpTrue;
        internal byte JumpFalse = jumpFalse;
        internal uint Value = value;
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FilterProgram
    {
        internal ushort Length;
        internal FilterInstruction* Instructions;
    }
}
