using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>
/// Hears on one interface who says that one of a few addresses is his own, and who answers this host's questions. The kernel
/// drops all other ARP before it wakes anybody. Receiving allocates nothing.
/// </summary>
public sealed unsafe class ArpListener : IDisposable
{
    // In the Ethernet frame.
    private const uint OperationAt = 20;
    private const uint SenderAddressAt = 28;
    private const uint Reply = 2;

    // Two instructions each; more addresses than a filter holds are all let through, and the caller looks.
    private const int InstructionsBeside = 8;
    private const int MaxAddresses = (SocketFilter.MaxInstructions - InstructionsBeside) / 2;

    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    /// <param name="addresses">IPv4 addresses; of these each sender is heard.</param>
    public ArpListener(int interfaceIndex, IReadOnlyCollection<IpAddress> addresses)
    {
        // Protocol 0: nothing is delivered before the filter is attached; the bind below switches delivery on.
        Descriptor = LibCSocket.Open(
            LibCSocket.AF_PACKET, LibCSocket.SOCK_RAW | LibCSocket.SOCK_NONBLOCK, 0, "socket(AF_PACKET, SOCK_RAW)");
        try
        {
            SocketFilter.Attach(Descriptor, FilterFor(addresses));
            var address = new LibCSocket.LinkLayerAddress
            {
                Family = LibCSocket.AF_PACKET,
                ProtocolBe = VrrpListener.NetworkOrder(LibCSocket.ETH_P_ARP),
                InterfaceIndex = interfaceIndex,
            };
            if (LibCSocket.Bind(Descriptor, &address, (uint)sizeof(LibCSocket.LinkLayerAddress)) < 0)
            {
                throw ErrnoException.Last($"bind(AF_PACKET, ETH_P_ARP, ifindex {interfaceIndex})");
            }
        }
        catch
        {
            Descriptor.Dispose();
            throw;
        }
    }

    public FileDescriptor Descriptor { get; }

    /// <summary>Takes one Ethernet frame.</summary>
    /// <returns>False when none is waiting. ENETDOWN (the link went down) is thrown once, then the socket works on.</returns>
    public bool TryReceive(Span<byte> buffer, out int lengthBytes)
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

    private static LibCSocket.FilterInstruction[] FilterFor(IReadOnlyCollection<IpAddress> addresses)
    {
        List<LibCSocket.FilterInstruction> filter =
        [
            new(SocketFilter.LoadByte, 0, 0, SocketFilter.PacketTypeAt),
            new(SocketFilter.JumpIfEqual, 0, 1, (uint)PacketKind.Outgoing),
            new(SocketFilter.Return, 0, 0, 0),

            // An answer to this host, whatever it asked for: jump over the list of senders.
            new(SocketFilter.JumpIfEqual, 0, 3, (uint)PacketKind.Host),
            new(SocketFilter.LoadHalf, 0, 0, OperationAt),
            new(SocketFilter.JumpIfEqual, 0, 1, Reply),
            new(SocketFilter.Return, 0, 0, SocketFilter.WholePacket),
            new(SocketFilter.LoadWord, 0, 0, SenderAddressAt),
        ];
        if (addresses.Count > MaxAddresses)
        {
            return [new(SocketFilter.Return, 0, 0, SocketFilter.WholePacket)];
        }

        foreach (IpAddress address in addresses)
        {
            filter.Add(new(SocketFilter.JumpIfEqual, 0, 1, address.V4Bits));
            filter.Add(new(SocketFilter.Return, 0, 0, SocketFilter.WholePacket));
        }

        filter.Add(new(SocketFilter.Return, 0, 0, 0));
        return [.. filter];
    }
}
