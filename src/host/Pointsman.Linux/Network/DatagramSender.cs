using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>Sends UDP datagrams to one neighbour, from a port of its own. Sending allocates nothing.</summary>
public sealed unsafe class DatagramSender : IDisposable
{
    private const int InternetworkControlPriority = 7;      // TC_PRIO_CONTROL
    private const int InternetworkControlClass = 0xc0;      // CS6
    private const int AddressInUse = 98;

    private readonly FileDescriptor _socket;
    private readonly IpAddress _target;
    private readonly ushort _targetPort;

    private DatagramSender(FileDescriptor socket, IpAddress target, ushort targetPort)
    {
        _socket = socket;
        _target = target;
        _targetPort = targetPort;
    }

    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    /// <param name="source">Null: as the routes say.</param>
    /// <param name="ports">Source ports to try, in this order.</param>
    /// <exception cref="ErrnoException">The source is not on this host, for instance.</exception>
    public static DatagramSender Open(
        IpAddress? source, IEnumerable<ushort> ports, IpAddress target, ushort targetPort, int timeToLive)
    {
        bool isV4 = target.IsV4;
        FileDescriptor socket = LibCSocket.Open(
            isV4 ? LibCSocket.AF_INET : LibCSocket.AF_INET6,
            LibCSocket.SOCK_DGRAM | LibCSocket.SOCK_NONBLOCK,
            0,
            $"socket(UDP to {target})");
        try
        {
            LibCSocket.SetOption(socket, LibCSocket.SOL_SOCKET, LibCSocket.SO_PRIORITY, InternetworkControlPriority, "SO_PRIORITY");
            if (isV4)
            {
                LibCSocket.SetOption(socket, LibCSocket.SOL_IP, LibCDatagram.IP_TTL, timeToLive, "IP_TTL");
                LibCSocket.SetOption(socket, LibCSocket.SOL_IP, LibCDatagram.IP_TOS, InternetworkControlClass, "IP_TOS");
            }
            else
            {
                LibCSocket.SetOption(socket, LibCSocket.SOL_IPV6, LibCDatagram.IPV6_UNICAST_HOPS, timeToLive, "IPV6_UNICAST_HOPS");
                LibCSocket.SetOption(socket, LibCSocket.SOL_IPV6, LibCDatagram.IPV6_TCLASS, InternetworkControlClass, "IPV6_TCLASS");
            }

            foreach (ushort port in ports)
            {
                int errno = With(source, port, isV4, (address, sizeBytes) =>
                    LibCSocket.Bind(socket, (void*)address, sizeBytes) < 0 ? LibC.LastError : 0);
                if (errno == 0)
                {
                    return new DatagramSender(socket, target, targetPort);
                }

                if (errno != AddressInUse)
                {
                    throw new ErrnoException($"bind({source}, UDP port {port})", errno);
                }
            }

            throw new ErrnoException($"bind({source}): no port is free", AddressInUse);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <returns>False when it was not sent (no way, no buffer): <paramref name="errno"/> says why.</returns>
    public bool TrySend(ReadOnlySpan<byte> bytes, out int errno)
    {
        nint count;
        fixed (byte* pointer = bytes)
        {
            if (_target.IsV4)
            {
                LibCSocket.InternetAddress address = V4(_target, _targetPort);
                count = LibCSocket.SendTo(
                    _socket, pointer, (nuint)bytes.Length, LibCSocket.MSG_DONTWAIT, &address, (uint)sizeof(LibCSocket.InternetAddress));
            }
            else
            {
                LibCSocket.InternetAddress6 address = V6(_target, _targetPort);
                count = LibCSocket.SendTo(
                    _socket, pointer, (nuint)bytes.Length, LibCSocket.MSG_DONTWAIT, &address, (uint)sizeof(LibCSocket.InternetAddress6));
            }
        }

        errno = count < 0 ? LibC.LastError : 0;
        return count >= 0;
    }

    public void Dispose() => _socket.Dispose();

    private static int With(IpAddress? source, ushort port, bool isV4, Func<nint, uint, int> act)
    {
        if (isV4)
        {
            LibCSocket.InternetAddress address = source is { } given ? V4(given, port) : new LibCSocket.InternetAddress
            {
                Family = LibCSocket.AF_INET, PortBe = BinaryPrimitives.ReverseEndianness(port),
            };
            return act((nint)(&address), (uint)sizeof(LibCSocket.InternetAddress));
        }

        LibCSocket.InternetAddress6 address6 = source is { } given6 ? V6(given6, port) : new LibCSocket.InternetAddress6
        {
            Family = LibCSocket.AF_INET6, PortBe = BinaryPrimitives.ReverseEndianness(port),
        };
        return act((nint)(&address6), (uint)sizeof(LibCSocket.InternetAddress6));
    }

    private static LibCSocket.InternetAddress V4(IpAddress address, ushort port) => new()
    {
        Family = LibCSocket.AF_INET,
        PortBe = BinaryPrimitives.ReverseEndianness(port),
        AddressBe = BinaryPrimitives.ReverseEndianness(address.V4Bits),
    };

    private static LibCSocket.InternetAddress6 V6(IpAddress address, ushort port)
    {
        var named = new LibCSocket.InternetAddress6
        {
            Family = LibCSocket.AF_INET6, PortBe = BinaryPrimitives.ReverseEndianness(port),
        };
        address.WriteBytes(new Span<byte>(named.Address, 16));
        return named;
    }
}
