using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>
/// A neighbour advertisement in its Ethernet frame. Written, it is an unsolicited one: what gratuitous ARP is to IPv4.
/// </summary>
public readonly record struct NeighbourAdvertisement
{
    /* RFC 4861 §4.4, behind the Ethernet header (type 0x86dd) and the IPv6 header
        0                   1                   2                   3
        0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
       |  Type = 136   |     Code = 0  |          Checksum             |
       |R|S|O|                     Reserved                            |
       |                 Target Address (16 bytes)                     |
       |  Option = 2   |  Length = 1   | Target link-layer address ... |  */
    private const int FrameTargetAt = 0;
    private const int FrameSourceAt = 6;
    private const int EtherTypeAt = 12;
    private const int PacketAt = 14;
    private const int MessageAt = PacketAt + Ipv6Header.LengthBytes;
    private const int ChecksumAt = MessageAt + 2;
    private const int FlagsAt = MessageAt + 4;
    private const int TargetAt = MessageAt + 8;
    private const int OptionAt = MessageAt + 24;
    private const int MessageLengthBytes = 32;

    private const ushort EtherType = 0x86dd;
    private const byte IcmpV6 = 58;
    private const byte TypeNeighbourAdvertisement = 136;
    private const byte TargetLinkLayerAddress = 2;
    private const byte RouterFlag = 0x80;
    private const byte OverrideFlag = 0x20;
    private const byte RequiredHopLimit = 255;

    public const int FrameLengthBytes = MessageAt + MessageLengthBytes;

    // ff02::1 and its Ethernet address.
    private static readonly IpAddress s_allNodes = IpAddress.FromV6Bits(((UInt128)0xff02 << 112) | 1);
    private static readonly MacAddress s_allNodesMac = new(0x3333_0000_0001);

    public MacAddress Owner { get; init; }

    public IpAddress Target { get; init; }

    /// <summary>The owner forwards (RFC 4861 §4.4): hosts that used it as router keep it.</summary>
    public bool IsRouter { get; init; }

    /// <summary>RFC 4861 §7.1.2. Without the option, whoever sent the frame is the owner.</summary>
    public static NeighbourParseError TryParse(ReadOnlySpan<byte> frame, out NeighbourAdvertisement advertisement)
    {
        advertisement = default;
        if (frame.Length < OptionAt)
        {
            return NeighbourParseError.TooShort;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(frame[EtherTypeAt..]) != EtherType)
        {
            return NeighbourParseError.EtherType;
        }

        if (Ipv6Header.TryParse(frame[PacketAt..], out Ipv6Header header) != Ipv6ParseError.None
            || MessageAt + header.PayloadLengthBytes < OptionAt)
        {
            return NeighbourParseError.TooShort;
        }

        ReadOnlySpan<byte> message = frame.Slice(MessageAt, header.PayloadLengthBytes);
        NeighbourParseError error = header.NextHeader != IcmpV6 ? NeighbourParseError.NextHeader
            : header.HopLimit != RequiredHopLimit ? NeighbourParseError.HopLimit
            : message[0] != TypeNeighbourAdvertisement || message[1] != 0 ? NeighbourParseError.Type
            : !HasRightChecksum(frame, message) ? NeighbourParseError.Checksum
            : NeighbourParseError.None;
        if (error != NeighbourParseError.None)
        {
            return error;
        }

        MacAddress owner = MacAddress.FromBytes(frame[FrameSourceAt..]);
        error = TryReadOptions(message[(OptionAt - MessageAt)..], ref owner);
        if (error != NeighbourParseError.None)
        {
            return error;
        }

        advertisement = new NeighbourAdvertisement
        {
            Owner = owner,
            Target = IpAddress.FromBytes(frame.Slice(TargetAt, 16)),
            IsRouter = (frame[FlagsAt] & RouterFlag) != 0,
        };
        return advertisement.Target.IsMulticast ? NeighbourParseError.Target : NeighbourParseError.None;
    }

    private static NeighbourParseError TryReadOptions(ReadOnlySpan<byte> options, ref MacAddress owner)
    {
        const int OptionUnitBytes = 8;
        while (options.Length > 0)
        {
            if (options.Length < 2)
            {
                return NeighbourParseError.TooShort;
            }

            int lengthBytes = options[1] * OptionUnitBytes;
            if (lengthBytes == 0)
            {
                return NeighbourParseError.Option;
            }

            if (lengthBytes > options.Length)
            {
                return NeighbourParseError.TooShort;
            }

            if (options[0] == TargetLinkLayerAddress)
            {
                owner = MacAddress.FromBytes(options[2..]);
            }

            options = options[lengthBytes..];
        }

        return NeighbourParseError.None;
    }

    private static bool HasRightChecksum(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> message) =>
        InternetChecksum.Compute(message, InternetChecksum.Sum(frame.Slice(PacketAt + 8, 32), (uint)message.Length + IcmpV6)) == 0;

    /// <summary>Writes the frame; returns the number of bytes. As keepalived's, it comes from the announced address.</summary>
    public int Write(Span<byte> target)
    {
        Span<byte> frame = target[..FrameLengthBytes];
        frame.Clear();
        s_allNodesMac.WriteBytes(frame[FrameTargetAt..]);
        Owner.WriteBytes(frame[FrameSourceAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[EtherTypeAt..], EtherType);
        var header = new Ipv6Header
        {
            PayloadLengthBytes = MessageLengthBytes,
            NextHeader = IcmpV6,
            HopLimit = RequiredHopLimit,
            Source = Target,
            Destination = s_allNodes,
        };
        header.Write(frame[PacketAt..]);
        frame[MessageAt] = TypeNeighbourAdvertisement;
        frame[FlagsAt] = (byte)(OverrideFlag | (IsRouter ? RouterFlag : 0));
        Target.WriteBytes(frame[TargetAt..]);
        frame[OptionAt] = TargetLinkLayerAddress;
        frame[OptionAt + 1] = 1;
        Owner.WriteBytes(frame[(OptionAt + 2)..]);

        // RFC 8200 §8.1: the addresses of the header, the length and the protocol.
        uint sum = InternetChecksum.Sum(frame.Slice(PacketAt + 8, 32), MessageLengthBytes + IcmpV6);
        BinaryPrimitives.WriteUInt16BigEndian(frame[ChecksumAt..], InternetChecksum.Compute(frame[MessageAt..], sum));
        return FrameLengthBytes;
    }
}
