using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>
/// Hears the VRRP packets of one interface and family with their IP header and the sender's hardware address, before any firewall.
/// A packet socket with a kernel filter: it joins the multicast groups on the link by itself. Receiving allocates nothing.
/// </summary>
public sealed unsafe class VrrpListener : IDisposable
{
    private const int ReceiveBufferBytes = 256 * 1024;

    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    /// <param name="hearsOwn">Also what this machine sends; <see cref="PacketOrigin.Kind"/> tells it apart.</param>
    public VrrpListener(int interfaceIndex, IpFamily family, IEnumerable<IpAddress> groups, bool hearsOwn = false)
    {
        // Protocol 0: nothing is delivered before the filter is attached; the bind below switches delivery on.
        Descriptor = LibCSocket.Open(
            LibCSocket.AF_PACKET,
            LibCSocket.SOCK_DGRAM | LibCSocket.SOCK_NONBLOCK,
            0,
            "socket(AF_PACKET, SOCK_DGRAM)");
        try
        {
            AttachFilter(family, hearsOwn);
            LibCSocket.SetOption(
                Descriptor, LibCSocket.SOL_SOCKET, LibCSocket.SO_RCVBUF, ReceiveBufferBytes, "SO_RCVBUF");
            foreach (IpAddress group in groups)
            {
                JoinGroup(interfaceIndex, group);
            }

            var address = new LibCSocket.LinkLayerAddress
            {
                Family = LibCSocket.AF_PACKET,

                // Only a socket for all protocols is shown what goes out.
                ProtocolBe = NetworkOrder((ushort)(hearsOwn ? LibCSocket.ETH_P_ALL
                    : family == IpFamily.V4 ? LibCSocket.ETH_P_IP : LibCSocket.ETH_P_IPV6)),
                InterfaceIndex = interfaceIndex,
            };
            if (LibCSocket.Bind(Descriptor, &address, (uint)sizeof(LibCSocket.LinkLayerAddress)) < 0)
            {
                throw ErrnoException.Last($"bind(AF_PACKET, ifindex {interfaceIndex})");
            }
        }
        catch
        {
            Descriptor.Dispose();
            throw;
        }
    }

    public FileDescriptor Descriptor { get; }

    /// <summary>Takes one packet, IP header first.</summary>
    /// <returns>False when none is waiting. ENETDOWN (the link went down) is thrown once, then the socket works on.</returns>
    public bool TryReceive(Span<byte> buffer, out int lengthBytes, out PacketOrigin origin)
    {
        lengthBytes = 0;
        origin = default;
        var address = default(LibCSocket.LinkLayerAddress);
        uint addressSizeBytes = (uint)sizeof(LibCSocket.LinkLayerAddress);
        nint count;
        fixed (byte* pointer = buffer)
        {
            count = LibCSocket.ReceiveFrom(
                Descriptor, pointer, (nuint)buffer.Length, LibCSocket.MSG_DONTWAIT, &address, &addressSizeBytes);
        }

        if (count < 0)
        {
            return LibC.LastError is Errno.TryAgain or Errno.Interrupted
                ? false
                : throw ErrnoException.Last("recvfrom(AF_PACKET)");
        }

        lengthBytes = (int)count;
        MacAddress mac = address.AddressLengthBytes == MacAddress.LengthBytes
            ? MacAddress.FromBytes(new ReadOnlySpan<byte>(address.Address, MacAddress.LengthBytes))
            : default;
        origin = new PacketOrigin(address.InterfaceIndex, mac, (PacketKind)address.PacketType);
        return true;
    }

    public void Dispose() => Descriptor.Dispose();

    internal static ushort NetworkOrder(ushort value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    // Classic BPF over the IP header: protocol 112, over IPv4 also behind an authentication header, and not one of our own
    // packets going out.
    private void AttachFilter(IpFamily family, bool hearsOwn)
    {
        const ushort LoadByte = 0x30;             // BPF_LD | BPF_B | BPF_ABS
        const ushort LoadByteAtIndex = 0x50;      // BPF_LD | BPF_B | BPF_IND
        const ushort LoadHalf = 0x28;             // BPF_LD | BPF_H | BPF_ABS
        const ushort IndexHeaderLength = 0xb1;    // BPF_LDX | BPF_B | BPF_MSH
        const ushort JumpIfEqual = 0x15;          // BPF_JMP | BPF_JEQ | BPF_K
        const ushort Return = 0x06;               // BPF_RET | BPF_K
        const uint PacketTypeAt = 0xfffff004;     // SKF_AD_OFF + SKF_AD_PKTTYPE
        const uint ProtocolAt = 0xfffff000;       // SKF_AD_OFF + SKF_AD_PROTOCOL
        const uint IpProtocolAt = 9;
        const uint NextHeaderAt = 6;
        ReadOnlySpan<LibCSocket.FilterInstruction> overV4 =
        [
            new(LoadHalf, 0, 0, ProtocolAt),
            new(JumpIfEqual, 0, 9, LibCSocket.ETH_P_IP),
            new(LoadByte, 0, 0, PacketTypeAt),
            new(JumpIfEqual, hearsOwn ? (byte)0 : (byte)7, 0, (uint)PacketKind.Outgoing),
            new(LoadByte, 0, 0, IpProtocolAt),
            new(JumpIfEqual, 4, 0, LibCSocket.IPPROTO_VRRP),
            new(JumpIfEqual, 0, 4, LibCSocket.IPPROTO_AH),
            new(IndexHeaderLength, 0, 0, 0),
            new(LoadByteAtIndex, 0, 0, 0),
            new(JumpIfEqual, 0, 1, LibCSocket.IPPROTO_VRRP),
            new(Return, 0, 0, 0xffff),
            new(Return, 0, 0, 0),
        ];
        ReadOnlySpan<LibCSocket.FilterInstruction> overV6 =
        [
            new(LoadHalf, 0, 0, ProtocolAt),
            new(JumpIfEqual, 0, 5, LibCSocket.ETH_P_IPV6),
            new(LoadByte, 0, 0, PacketTypeAt),
            new(JumpIfEqual, hearsOwn ? (byte)0 : (byte)3, 0, (uint)PacketKind.Outgoing),
            new(LoadByte, 0, 0, NextHeaderAt),
            new(JumpIfEqual, 0, 1, LibCSocket.IPPROTO_VRRP),
            new(Return, 0, 0, 0xffff),
            new(Return, 0, 0, 0),
        ];
        ReadOnlySpan<LibCSocket.FilterInstruction> instructions = family == IpFamily.V4 ? overV4 : overV6;
        fixed (LibCSocket.FilterInstruction* first = instructions)
        {
            var program = new LibCSocket.FilterProgram { Length = (ushort)instructions.Length, Instructions = first };
            if (LibCSocket.SetSocketOption(
                Descriptor, LibCSocket.SOL_SOCKET, LibCSocket.SO_ATTACH_FILTER, &program, (uint)sizeof(LibCSocket.FilterProgram)) < 0)
            {
                throw ErrnoException.Last("setsockopt(SO_ATTACH_FILTER)");
            }
        }
    }

    private void JoinGroup(int interfaceIndex, IpAddress group)
    {
        var membership = new LibCSocket.PacketMembership
        {
            InterfaceIndex = interfaceIndex,
            Type = LibCSocket.PACKET_MR_MULTICAST,
            AddressLengthBytes = MacAddress.LengthBytes,
        };
        MacAddress.OfGroup(group).WriteBytes(new Span<byte>(membership.Address, MacAddress.LengthBytes));
        if (LibCSocket.SetSocketOption(
            Descriptor,
            LibCSocket.SOL_PACKET,
            LibCSocket.PACKET_ADD_MEMBERSHIP,
            &membership,
            (uint)sizeof(LibCSocket.PacketMembership)) < 0)
        {
            throw ErrnoException.Last("setsockopt(PACKET_ADD_MEMBERSHIP)");
        }
    }
}
