using System.Buffers.Binary;
using System.Text;
using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>
/// UDP with a multicast group on one interface: a socket to send there, or one to hear what others send. What this host sends
/// it does not hear itself. Sending and hearing allocate nothing.
/// </summary>
public sealed unsafe class GroupSocket : IDisposable
{
    private readonly IpAddress _group;
    private readonly ushort _port;
    private readonly int _interfaceIndex;

    private GroupSocket(IpAddress group, ushort port, int interfaceIndex)
    {
        _group = group;
        _port = port;
        _interfaceIndex = interfaceIndex;
        Descriptor = LibCSocket.Open(
            group.IsV4 ? LibCSocket.AF_INET : LibCSocket.AF_INET6, LibCSocket.SOCK_DGRAM, 0, $"socket(UDP to {group})");
    }

    public FileDescriptor Descriptor { get; }

    /// <summary>In the network namespace of the calling thread.</summary>
    public static GroupSocket OpenSender(IpAddress group, ushort port, int interfaceIndex, int timeToLive)
    {
        var socket = new GroupSocket(group, port, interfaceIndex);
        return socket.Made(() =>
        {
            if (group.IsV4)
            {
                LibCSocket.SetOption(socket.Descriptor, LibCSocket.SOL_IP, LibCSocket.IP_MULTICAST_LOOP, 0, "IP_MULTICAST_LOOP");
                LibCSocket.SetOption(socket.Descriptor, LibCSocket.SOL_IP, LibCSocket.IP_MULTICAST_TTL, timeToLive, "IP_MULTICAST_TTL");
                socket.SetMulticast(LibCSocket.IP_MULTICAST_IF, 0, "IP_MULTICAST_IF");
            }
            else
            {
                LibCSocket.SetOption(socket.Descriptor, LibCSocket.SOL_IPV6, LibCSocket.IPV6_MULTICAST_LOOP, 0, "IPV6_MULTICAST_LOOP");
                LibCSocket.SetOption(socket.Descriptor, LibCSocket.SOL_IPV6, LibCSocket.IPV6_MULTICAST_HOPS, timeToLive, "IPV6_MULTICAST_HOPS");
                LibCSocket.SetOption(socket.Descriptor, LibCSocket.SOL_IPV6, LibCSocket.IPV6_MULTICAST_IF, interfaceIndex, "IPV6_MULTICAST_IF");
            }
        });
    }

    /// <summary>In the network namespace of the calling thread. Several may hear one group.</summary>
    /// <param name="bufferBytes">What may wait until it is read.</param>
    public static GroupSocket OpenListener(IpAddress group, ushort port, int interfaceIndex, string interfaceName, int bufferBytes)
    {
        var socket = new GroupSocket(group, port, interfaceIndex);
        return socket.Made(() =>
        {
            LibCSocket.SetOption(socket.Descriptor, LibCSocket.SOL_SOCKET, LibCSocket.SO_REUSEADDR, 1, "SO_REUSEADDR");
            byte[] name = Encoding.UTF8.GetBytes(interfaceName);
            fixed (byte* at = name)
            {
                socket.Set(LibCSocket.SOL_SOCKET, LibCSocket.SO_BINDTODEVICE, at, (uint)name.Length, $"SO_BINDTODEVICE, {interfaceName}");
            }

            // Refused to those without the right, who then have what the system gives.
            int wanted = bufferBytes;
            _ = LibCSocket.SetSocketOption(socket.Descriptor, LibCSocket.SOL_SOCKET, LibCSocket.SO_RCVBUFFORCE, &wanted, sizeof(int));
            socket.WithAddress((address, sizeBytes) =>
                LibCSocket.Bind(socket.Descriptor, (void*)address, sizeBytes) < 0 ? throw ErrnoException.Last($"bind({group}, UDP port {port})") : 0);
            socket.Join();
        });
    }

    /// <returns>False when it was not sent (the interface is down, or its queue full): <paramref name="errno"/> says why.</returns>
    public bool TrySend(ReadOnlySpan<byte> bytes, out int errno)
    {
        nint count;
        fixed (byte* pointer = bytes)
        {
            if (_group.IsV4)
            {
                LibCSocket.InternetAddress address = V4();
                count = LibCSocket.SendTo(Descriptor, pointer, (nuint)bytes.Length, LibCSocket.MSG_DONTWAIT, &address, (uint)sizeof(LibCSocket.InternetAddress));
            }
            else
            {
                LibCSocket.InternetAddress6 address = V6();
                count = LibCSocket.SendTo(Descriptor, pointer, (nuint)bytes.Length, LibCSocket.MSG_DONTWAIT, &address, (uint)sizeof(LibCSocket.InternetAddress6));
            }
        }

        errno = count < 0 ? LibC.LastError : 0;
        return count >= 0;
    }

    /// <returns>False when there is nothing more to read now.</returns>
    public bool TryReceive(Span<byte> buffer, out int lengthBytes)
    {
        nint count;
        fixed (byte* pointer = buffer)
        {
            count = LibCSocket.ReceiveFrom(Descriptor, pointer, (nuint)buffer.Length, LibCSocket.MSG_DONTWAIT, null, null);
        }

        lengthBytes = (int)Math.Max(count, 0);
        return count >= 0;
    }

    public void Dispose() => Descriptor.Dispose();

    private GroupSocket Made(Action make)
    {
        try
        {
            make();
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void Join()
    {
        if (_group.IsV4)
        {
            SetMulticast(LibCSocket.IP_ADD_MEMBERSHIP, BinaryPrimitives.ReverseEndianness(_group.V4Bits), "IP_ADD_MEMBERSHIP");
            return;
        }

        var request = new LibCSocket.MulticastRequest6 { InterfaceIndex = _interfaceIndex };
        _group.WriteBytes(new Span<byte>(request.Group, 16));
        Set(LibCSocket.SOL_IPV6, LibCSocket.IPV6_JOIN_GROUP, &request, (uint)sizeof(LibCSocket.MulticastRequest6), "IPV6_JOIN_GROUP");
    }

    private void SetMulticast(int option, uint groupBe, string description)
    {
        var request = new LibCSocket.MulticastRequest { GroupBe = groupBe, InterfaceIndex = _interfaceIndex };
        Set(LibCSocket.SOL_IP, option, &request, (uint)sizeof(LibCSocket.MulticastRequest), description);
    }

    private void Set(int level, int option, void* value, uint sizeBytes, string description)
    {
        if (LibCSocket.SetSocketOption(Descriptor, level, option, value, sizeBytes) < 0)
        {
            throw ErrnoException.Last($"setsockopt({description}, {_group}, ifindex {_interfaceIndex})");
        }
    }

    private void WithAddress(Func<nint, uint, int> act)
    {
        if (_group.IsV4)
        {
            LibCSocket.InternetAddress address = V4();
            act((nint)(&address), (uint)sizeof(LibCSocket.InternetAddress));
            return;
        }

        LibCSocket.InternetAddress6 address6 = V6();
        act((nint)(&address6), (uint)sizeof(LibCSocket.InternetAddress6));
    }

    private LibCSocket.InternetAddress V4() => new()
    {
        Family = LibCSocket.AF_INET,
        PortBe = BinaryPrimitives.ReverseEndianness(_port),
        AddressBe = BinaryPrimitives.ReverseEndianness(_group.V4Bits),
    };

    private LibCSocket.InternetAddress6 V6()
    {
        var named = new LibCSocket.InternetAddress6
        {
            Family = LibCSocket.AF_INET6, PortBe = BinaryPrimitives.ReverseEndianness(_port), ScopeId = (uint)_interfaceIndex,
        };
        _group.WriteBytes(new Span<byte>(named.Address, 16));
        return named;
    }
}
