using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>An ARP packet for IPv4 in its Ethernet frame, untagged.</summary>
public readonly record struct ArpPacket
{
    /* RFC 826, behind the Ethernet header (target, source, type 0x0806)
        0                   1                   2                   3
        0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
       |        Hardware type = 1      |    Protocol type = 0x0800     |
       | HW length = 6 | Prot len = 4  |           Operation           |
       |              Sender hardware address (6 bytes)                |
       |              Sender protocol address (4 bytes)                |
       |              Target hardware address (6 bytes)                |
       |              Target protocol address (4 bytes)                |  */
    private const int FrameTargetAt = 0;
    private const int FrameSourceAt = 6;
    private const int EtherTypeAt = 12;
    private const int AddressTypesAt = 14;       // hardware type, protocol type, both lengths: six bytes
    private const int OperationAt = 20;
    private const int SenderMacAt = 22;
    private const int SenderAddressAt = 28;
    private const int TargetMacAt = 32;
    private const int TargetAddressAt = 38;

    public const ushort EtherType = 0x0806;

    /// <summary>The whole frame; the network card pads it to the Ethernet minimum.</summary>
    public const int FrameLengthBytes = 42;

    private static ReadOnlySpan<byte> Ipv4OverEthernet => [0x00, 0x01, 0x08, 0x00, 6, 4];

    public MacAddress FrameTarget { get; init; }

    public MacAddress FrameSource { get; init; }

    public ArpOperation Operation { get; init; }

    public MacAddress SenderMac { get; init; }

    public IpAddress SenderAddress { get; init; }

    public MacAddress TargetMac { get; init; }

    public IpAddress TargetAddress { get; init; }

    /// <summary>
    /// The announcement keepalived makes: a broadcast request in which sender and target are both the announced address
    /// and the target's hardware address is the broadcast address.
    /// </summary>
    public static ArpPacket Gratuitous(MacAddress owner, IpAddress address) => new()
    {
        FrameTarget = MacAddress.Broadcast,
        FrameSource = owner,
        Operation = ArpOperation.Request,
        SenderMac = owner,
        SenderAddress = address,
        TargetMac = MacAddress.Broadcast,
        TargetAddress = address,
    };

    /// <summary>
    /// RFC 5227 §1.1: asks who has an address without saying that anybody has one, so that no cache changes.
    /// </summary>
    public static ArpPacket Probe(MacAddress asker, IpAddress address) => new()
    {
        FrameTarget = MacAddress.Broadcast,
        FrameSource = asker,
        Operation = ArpOperation.Request,
        SenderMac = asker,
        SenderAddress = IpAddress.FromV4Bits(0),
        TargetAddress = address,
    };

    /// <summary>Asks one machine, by the hardware address it last had, whether it still has its address.</summary>
    public static ArpPacket Question(MacAddress asker, IpAddress askerAddress, MacAddress asked, IpAddress askedAddress) => new()
    {
        FrameTarget = asked,
        FrameSource = asker,
        Operation = ArpOperation.Request,
        SenderMac = asker,
        SenderAddress = askerAddress,
        TargetMac = asked,
        TargetAddress = askedAddress,
    };

    public static ArpParseError TryParse(ReadOnlySpan<byte> frame, out ArpPacket packet)
    {
        packet = default;
        if (frame.Length < FrameLengthBytes)
        {
            return ArpParseError.TooShort;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(frame[EtherTypeAt..]) != EtherType)
        {
            return ArpParseError.EtherType;
        }

        if (!frame.Slice(AddressTypesAt, Ipv4OverEthernet.Length).SequenceEqual(Ipv4OverEthernet))
        {
            return ArpParseError.AddressTypes;
        }

        var operation = (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(frame[OperationAt..]);
        if (operation is not (ArpOperation.Request or ArpOperation.Reply))
        {
            return ArpParseError.Operation;
        }

        packet = new ArpPacket
        {
            FrameTarget = MacAddress.FromBytes(frame[FrameTargetAt..]),
            FrameSource = MacAddress.FromBytes(frame[FrameSourceAt..]),
            Operation = operation,
            SenderMac = MacAddress.FromBytes(frame[SenderMacAt..]),
            SenderAddress = IpAddress.FromBytes(frame.Slice(SenderAddressAt, 4)),
            TargetMac = MacAddress.FromBytes(frame[TargetMacAt..]),
            TargetAddress = IpAddress.FromBytes(frame.Slice(TargetAddressAt, 4)),
        };
        return ArpParseError.None;
    }

    /// <summary>Writes the frame; returns the number of bytes.</summary>
    public int Write(Span<byte> target)
    {
        Span<byte> frame = target[..FrameLengthBytes];
        FrameTarget.WriteBytes(frame[FrameTargetAt..]);
        FrameSource.WriteBytes(frame[FrameSourceAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[EtherTypeAt..], EtherType);
        Ipv4OverEthernet.CopyTo(frame[AddressTypesAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[OperationAt..], (ushort)Operation);
        SenderMac.WriteBytes(frame[SenderMacAt..]);
        BinaryPrimitives.WriteUInt32BigEndian(frame[SenderAddressAt..], SenderAddress.V4Bits);
        TargetMac.WriteBytes(frame[TargetMacAt..]);
        BinaryPrimitives.WriteUInt32BigEndian(frame[TargetAddressAt..], TargetAddress.V4Bits);
        return FrameLengthBytes;
    }
}
