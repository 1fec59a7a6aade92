using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>TCP connections that are begun and not waited for; <see cref="Timing.EventPoll"/> tells when there is an outcome.</summary>
public static unsafe partial class OutgoingConnection
{
    private const int LargestAddressBytes = 28;     // struct sockaddr_in6
    private const int SoError = 4;
    private const nuint FioNonBlocking = 0x5421;    // FIONBIO

    /// <returns>0: it stands; <see cref="Errno.InProgress"/>: it is under way; otherwise why it will not be.</returns>
    public static int Begin(SafeSocketHandle socket, TransportEndpoint target)
    {
        int yes = 1;
        if (Ioctl(socket, FioNonBlocking, &yes) < 0)
        {
            return LibC.LastError;
        }

        byte* address = stackalloc byte[LargestAddressBytes];
        uint sizeBytes = Write(target, new Span<byte>(address, LargestAddressBytes));
        while (Connect(socket, address, sizeBytes) < 0)
        {
            if (LibC.LastError != Errno.Interrupted)
            {
                return LibC.LastError;
            }
        }

        return 0;
    }

    /// <returns>0: the connection stands; otherwise why it does not.</returns>
    public static int Outcome(SafeSocketHandle socket)
    {
        int error = 0;
        uint sizeBytes = sizeof(int);
        return GetSocketOption(socket, LibCSocket.SOL_SOCKET, SoError, &error, &sizeBytes) < 0 ? LibC.LastError : error;
    }

    /// <summary>Without a listener on this host the kernel may pair a socket with itself.</summary>
    public static bool IsToItself(SafeSocketHandle socket, TransportEndpoint target)
    {
        byte* own = stackalloc byte[LargestAddressBytes];
        uint ownBytes = LargestAddressBytes;
        Span<byte> other = stackalloc byte[LargestAddressBytes];
        Write(target, other);
        return GetSocketName(socket, own, &ownBytes) == 0 && new ReadOnlySpan<byte>(own, (int)ownBytes).SequenceEqual(other[..(int)ownBytes]);
    }

    private static uint Write(TransportEndpoint target, Span<byte> to)
    {
        to.Clear();
        bool isV4 = target.Address.IsV4;
        BitConverter.TryWriteBytes(to, (ushort)(isV4 ? LibCSocket.AF_INET : LibCSocket.AF_INET6));
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], target.Port);
        target.Address.WriteBytes(to[(isV4 ? 4 : 8)..]);
        return isV4 ? 16u : 28u;
    }

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeSocketHandle socket, void* address, uint sizeBytes);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSocketOption(SafeSocketHandle socket, int level, int option, void* value, uint* sizeBytes);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetSocketName(SafeSocketHandle socket, void* address, uint* sizeBytes);

    // Variadic in C: on both machines a pointer goes the same way as to any other function.
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeSocketHandle socket, nuint request, void* argument);
}
