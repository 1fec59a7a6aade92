using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>
/// A question who has an IPv6 address, in its Ethernet frame, asked in one's own name: the answer comes to the asker alone.
/// Asked without a name, as for duplicate address detection, it would go to all nodes and turn their caches.
/// </summary>
public readonly record struct NeighbourSolicitation
{
    /* RFC 4861 §4.3, behind the Ethernet header (type 0x86dd) and the IPv6 header
        0                   1                   2                   3
        0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
       |  Type = 135   |     Code = 0  |          Checksum             |
       |                           Reserved                            |
       |                 Target Address (16 bytes)                     |
       |  Option = 1   |  Length = 1   | Source link-layer address ... |  */
    private const int MessageAt = EthernetHeader.LengthBytes + Ipv6Header.LengthBytes;
    private const int ChecksumAt = MessageAt + 2;
    private const int TargetAt = MessageAt + 8;
    private const int OptionAt = MessageAt + 24;
    private const int MessageLengthBytes = 32;

    private const byte IcmpV6 = 58;
    private const byte TypeNeighbourSolicitation = 135;
    private const byte SourceLinkLayerAddress = 1;
    private const byte HopLimit = 255;

    public const int FrameLengthBytes = MessageAt + MessageLengthBytes;

    // ff02::1:ff00:0/104, RFC 4291 §2.7.1; the address's last three bytes follow.
    private static ReadOnlySpan<byte> SolicitedNodes => [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0xff];

    public MacAddress Asker { get; init; }

    /// <summary>An address of the asker's own.</summary>
    public IpAddress AskerAddress { get; init; }

    /// <summary>Null: whoever has the address is asked. Else only the machine that last had it.</summary>
    public MacAddress? Asked { get; init; }

    public IpAddress Target { get; init; }

    /// <summary>Writes the frame; returns the number of bytes.</summary>
    public int Write(Span<byte> target)
    {
        Span<byte> frame = target[..FrameLengthBytes];
        frame.Clear();
        IpAddress destination = Asked is null ? GroupOf(Target) : Target;
        EthernetHeader.Write(frame, Asked ?? MacAddress.OfGroup(destination), Asker, IpFamily.V6);
        var header = new Ipv6Header
        {
            PayloadLengthBytes = MessageLengthBytes,
            NextHeader = IcmpV6,
            HopLimit = HopLimit,
            Source = AskerAddress,
            Destination = destination,
        };
        header.Write(frame[EthernetHeader.LengthBytes..]);
        frame[MessageAt] = TypeNeighbourSolicitation;
        Target.WriteBytes(frame[TargetAt..]);
        frame[OptionAt] = SourceLinkLayerAddress;
        frame[OptionAt + 1] = 1;
        Asker.WriteBytes(frame[(OptionAt + 2)..]);

        // RFC 8200 §8.1: the addresses of the header, the length and the protocol.
        uint sum = InternetChecksum.Sum(frame.Slice(EthernetHeader.LengthBytes + 8, 32), MessageLengthBytes + IcmpV6);
        BinaryPrimitives.WriteUInt16BigEndian(frame[ChecksumAt..], InternetChecksum.Compute(frame[MessageAt..], sum));
        return FrameLengthBytes;
    }

    private static IpAddress GroupOf(IpAddress address)
    {
        Span<byte> group = stackalloc byte[16];
        address.WriteBytes(group);
        SolicitedNodes.CopyTo(group);
        return IpAddress.FromBytes(group);
    }
}
