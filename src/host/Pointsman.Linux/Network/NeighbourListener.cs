using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>
/// Hears on one interface who advertises one of a few IPv6 addresses as his own, and who answers this host's questions. The
/// kernel drops all else before it wakes anybody. Receiving allocates nothing.
/// </summary>
public sealed class NeighbourListener : IDisposable
{
    // In the Ethernet frame.
    private const uint NextHeaderAt = 20;
    private const uint TypeAt = 54;
    private const uint EndOfTargetAt = 74;
    private const uint IcmpV6 = 58;
    private const uint Advertisement = 136;

    // Two instructions each; more addresses than a filter holds are all let through, and the caller looks.
    private const int InstructionsBeside = 13;
    private const int MaxAddresses = (SocketFilter.MaxInstructions - InstructionsBeside) / 2;

    private readonly PacketSocket _socket;

    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    /// <param name="addresses">IPv6 addresses; of these each advertisement is heard. The caller compares them once more.</param>
    public NeighbourListener(int interfaceIndex, IReadOnlyCollection<IpAddress> addresses) =>
        _socket = new PacketSocket(interfaceIndex, LibCSocket.ETH_P_IPV6, FilterFor(addresses));

    public FileDescriptor Descriptor => _socket.Descriptor;

    /// <summary>Takes one Ethernet frame.</summary>
    /// <returns>False when none is waiting. ENETDOWN (the link went down) is thrown once, then the socket works on.</returns>
    public bool TryReceive(Span<byte> buffer, out int lengthBytes) => _socket.TryReceive(buffer, out lengthBytes);

    public void Dispose() => _socket.Dispose();

    private static LibCSocket.FilterInstruction[] FilterFor(IReadOnlyCollection<IpAddress> addresses)
    {
        List<LibCSocket.FilterInstruction> filter =
        [
            new(SocketFilter.LoadByte, 0, 0, NextHeaderAt),
            new(SocketFilter.JumpIfEqual, 1, 0, IcmpV6),
            new(SocketFilter.Return, 0, 0, 0),
            new(SocketFilter.LoadByte, 0, 0, TypeAt),
            new(SocketFilter.JumpIfEqual, 1, 0, Advertisement),
            new(SocketFilter.Return, 0, 0, 0),

            // An answer to this host, whatever it asked for; and nothing that it says itself.
            new(SocketFilter.LoadByte, 0, 0, SocketFilter.PacketTypeAt),
            new(SocketFilter.JumpIfEqual, 0, 1, (uint)PacketKind.Host),
            new(SocketFilter.Return, 0, 0, SocketFilter.WholePacket),
            new(SocketFilter.JumpIfEqual, 0, 1, (uint)PacketKind.Outgoing),
            new(SocketFilter.Return, 0, 0, 0),
            new(SocketFilter.LoadWord, 0, 0, EndOfTargetAt),
        ];
        Span<byte> bytes = stackalloc byte[16];
        foreach (IpAddress address in addresses.Count > MaxAddresses ? [] : addresses)
        {
            address.WriteBytes(bytes);
            filter.Add(new(SocketFilter.JumpIfEqual, 0, 1, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])));
            filter.Add(new(SocketFilter.Return, 0, 0, SocketFilter.WholePacket));
        }

        filter.Add(new(SocketFilter.Return, 0, 0, addresses.Count > MaxAddresses ? SocketFilter.WholePacket : 0));
        return [.. filter];
    }
}
