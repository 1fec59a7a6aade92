namespace Pointsman.Linux.Network;

/// <summary>Whole Ethernet frames of one protocol from one interface, as far as a filter lets them.</summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    internal PacketSocket(int interfaceIndex, ushort protocol, ReadOnlySpan<LibCSocket.FilterInstruction> filter)
    {
        // Protocol 0: nothing is delivered before the filter is attached; the bind below switches delivery on.
        Descriptor = LibCSocket.Open(
            LibCSocket.AF_PACKET, LibCSocket.SOCK_RAW | LibCSocket.SOCK_NONBLOCK, 0, "socket(AF_PACKET, SOCK_RAW)");
        try
        {
            SocketFilter.Attach(Descriptor, filter);
            var address = new LibCSocket.LinkLayerAddress
            {
                Family = LibCSocket.AF_PACKET,
                ProtocolBe = VrrpListener.NetworkOrder(protocol),
                InterfaceIndex = interfaceIndex,
            };
            if (LibCSocket.Bind(Descriptor, &address, (uint)sizeof(LibCSocket.LinkLayerAddress)) < 0)
            {
                throw ErrnoException.Last($"bind(AF_PACKET, protocol {protocol:x4}, ifindex {interfaceIndex})");
            }
        }
        catch
        {
            Descriptor.Dispose();
            throw;
        }
    }

    internal FileDescriptor Descriptor { get; }

    /// <returns>False when none is waiting. ENETDOWN (the link went down) is thrown once, then the socket works on.</returns>
    internal bool TryReceive(Span<byte> buffer, out int lengthBytes)
    {
        nint count;
        fixed (byte* pointer = buffer)
        {
            count = LibCSocket.ReceiveFrom(Descriptor, pointer, (nuint)buffer.Length, LibCSocket.MSG_DONTWAIT, null, null);
        }

        lengthBytes = (int)Math.Max(0, count);
        if (count >= 0)
        {
            return true;
        }

        return LibC.LastError is Errno.TryAgain or Errno.Interrupted ? false : throw ErrnoException.Last("recvfrom(AF_PACKET)");
    }

    public void Dispose() => Descriptor.Dispose();
}
