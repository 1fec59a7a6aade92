using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>Hears UDP datagrams of one family on a port of this host, with their time to live. Hearing allocates nothing.</summary>
public sealed unsafe class DatagramListener : IDisposable
{
    private const int ControlBytes = 64;

    private readonly IpFamily _family;

    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    /// <exception cref="ErrnoException">The port is another's, for instance.</exception>
    public DatagramListener(IpFamily family, ushort port)
    {
        _family = family;
        Descriptor = LibCSocket.Open(
            family == IpFamily.V4 ? LibCSocket.AF_INET : LibCSocket.AF_INET6,
            LibCSocket.SOCK_DGRAM | LibCSocket.SOCK_NONBLOCK,
            0,
            $"socket(UDP over {family})");
        try
        {
            if (family == IpFamily.V4)
            {
                LibCSocket.SetOption(Descriptor, LibCSocket.SOL_IP, LibCDatagram.IP_RECVTTL, 1, "IP_RECVTTL");
                var any = new LibCSocket.InternetAddress { Family = LibCSocket.AF_INET, PortBe = NetworkOrder(port) };
                Bind(&any, (uint)sizeof(LibCSocket.InternetAddress), port);
            }
            else
            {
                LibCSocket.SetOption(Descriptor, LibCSocket.SOL_IPV6, LibCDatagram.IPV6_V6ONLY, 1, "IPV6_V6ONLY");
                LibCSocket.SetOption(Descriptor, LibCSocket.SOL_IPV6, LibCDatagram.IPV6_RECVHOPLIMIT, 1, "IPV6_RECVHOPLIMIT");
                var any = new LibCSocket.InternetAddress6 { Family = LibCSocket.AF_INET6, PortBe = NetworkOrder(port) };
                Bind(&any, (uint)sizeof(LibCSocket.InternetAddress6), port);
            }
        }
        catch
        {
            Descriptor.Dispose();
            throw;
        }
    }

    public FileDescriptor Descriptor { get; }

    /// <returns>False when there is nothing more to read now.</returns>
    public bool TryReceive(Span<byte> buffer, out int lengthBytes, out IpAddress source, out int timeToLive)
    {
        (lengthBytes, source, timeToLive) = (0, default, 0);
        LibCSocket.InternetAddress6 name = default;
        byte* control = stackalloc byte[ControlBytes];
        nint count;
        nuint controlBytes;
        fixed (byte* bytes = buffer)
        {
            var part = new LibCDatagram.Buffer { Base = bytes, LengthBytes = (nuint)buffer.Length };
            var message = new LibCDatagram.MessageHeader
            {
                Name = &name,
                NameBytes = (uint)sizeof(LibCSocket.InternetAddress6),
                Buffers = &part,
                BufferCount = 1,
                Control = control,
                ControlBytes = ControlBytes,
            };
            count = LibCDatagram.ReceiveMessage(Descriptor, &message, LibCSocket.MSG_DONTWAIT);
            controlBytes = message.ControlBytes;
        }

        if (count < 0)
        {
            // An ICMP error that came back is told here once; it says nothing that the silence does not.
            return false;
        }

        lengthBytes = (int)count;
        source = _family == IpFamily.V4
            ? IpAddress.FromV4Bits(BinaryPrimitives.ReverseEndianness(((LibCSocket.InternetAddress*)&name)->AddressBe))
            : IpAddress.FromBytes(new ReadOnlySpan<byte>(name.Address, 16));
        timeToLive = TimeToLive(control, controlBytes);
        return true;
    }

    public void Dispose() => Descriptor.Dispose();

    private static ushort NetworkOrder(ushort port) => BinaryPrimitives.ReverseEndianness(port);

    private static int TimeToLive(byte* control, nuint controlBytes)
    {
        if (controlBytes < (nuint)sizeof(LibCDatagram.ControlHeader) + sizeof(int))
        {
            return 0;
        }

        var header = (LibCDatagram.ControlHeader*)control;
        bool isTimeToLive = (header->Level, header->Type) is (LibCSocket.SOL_IP, LibCDatagram.IP_TTL)
            or (LibCSocket.SOL_IPV6, LibCDatagram.IPV6_HOPLIMIT);
        return isTimeToLive ? *(int*)(header + 1) : 0;
    }

    private void Bind(void* address, uint sizeBytes, ushort port)
    {
        if (LibCSocket.Bind(Descriptor, address, sizeBytes) < 0)
        {
            throw ErrnoException.Last($"bind(UDP port {port} over {_family})");
        }
    }
}
