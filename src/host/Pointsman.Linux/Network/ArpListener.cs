using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>
/// Hears on one interface who says that one of a few addresses is his own, and who answers this host's questions. The kernel
/// drops all other ARP before it wakes anybody. Receiving allocates nothing.
/// </summary>
public sealed class ArpListener : IDisposable
{
    // In the Ethernet frame.
    private const uint OperationAt = 20;
    private const uint SenderAddressAt = 28;
    private const uint Reply = 2;

    // Two instructions each; more addresses than a filter holds are all let through, and the caller looks.
    private const int InstructionsBeside = 8;
    private const int MaxAddresses = (SocketFilter.MaxInstructions - InstructionsBeside) / 2;

    private readonly PacketSocket _socket;

    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    /// <param name="addresses">IPv4 addresses; of these each sender is heard.</param>
    public ArpListener(int interfaceIndex, IReadOnlyCollection<IpAddress> addresses) =>
        _socket = new PacketSocket(interfaceIndex, LibCSocket.ETH_P_ARP, FilterFor(addresses));

    public FileDescriptor Descriptor => _socket.Descriptor;

    /// <summary>Takes one Ethernet frame.</summary>
    /// <returns>False when none is waiting. ENETDOWN (the link went down) is thrown once, then the socket works on.</returns>
    public bool TryReceive(Span<byte> buffer, out int lengthBytes) => _socket.TryReceive(buffer, out lengthBytes);

    public void Dispose() => _socket.Dispose();

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
