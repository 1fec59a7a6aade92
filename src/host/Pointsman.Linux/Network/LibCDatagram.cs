using System.Runtime.InteropServices;

namespace Pointsman.Linux.Network;

/// <summary>What BFD asks of UDP sockets and <c>System.Net.Sockets</c> does not tell: the time to live of what came.</summary>
internal static unsafe partial class LibCDatagram
{
    internal const int IP_TOS = 1;
    internal const int IP_TTL = 2;
    internal const int IP_RECVTTL = 12;
    internal const int IPV6_UNICAST_HOPS = 16;
    internal const int IPV6_V6ONLY = 26;
    internal const int IPV6_RECVHOPLIMIT = 51;
    internal const int IPV6_HOPLIMIT = 52;
    internal const int IPV6_TCLASS = 67;

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    internal static partial nint ReceiveMessage(FileDescriptor socket, MessageHeader* message, int flags);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Buffer
    {
        internal void* Base;
        internal nuint LengthBytes;
    }

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        internal void* Name;
        internal uint NameBytes;
        internal Buffer* Buffers;
        internal nuint BufferCount;
        internal void* Control;
        internal nuint ControlBytes;
        internal int Flags;
    }

    /// <summary>struct cmsghdr; its data follow.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ControlHeader
    {
        internal nuint LengthBytes;
        internal int Level;
        internal int Type;
    }
}
