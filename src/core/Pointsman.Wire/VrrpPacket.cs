using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>An IP packet with a VRRP message in it, taken apart; the message is not looked into.</summary>
public readonly ref struct VrrpPacket
{
    public PacketPath Path { get; init; }

    /// <summary>TTL, or hop limit.</summary>
    public byte TimeToLive { get; init; }

    /// <summary>The VRRP message.</summary>
    public ReadOnlySpan<byte> Message { get; init; }

    /// <summary>The whole packet when there is an authentication header before the message; else empty.</summary>
    public ReadOnlySpan<byte> Authenticated { get; init; }

    /// <summary>Of the IP header.</summary>
    public int HeaderLengthBytes { get; init; }

    /// <param name="bytes">The packet from its IP header on; what is behind it does not count.</param>
    public static VrrpPacketError TryParse(ReadOnlySpan<byte> bytes, out VrrpPacket packet)
    {
        packet = default;
        return bytes.Length > 0 && bytes[0] >> 4 == 6 ? TryParseV6(bytes, out packet) : TryParseV4(bytes, out packet);
    }

    private static VrrpPacketError TryParseV4(ReadOnlySpan<byte> bytes, out VrrpPacket packet)
    {
        packet = default;
        if (Ipv4Header.TryParse(bytes, out Ipv4Header header) != Ipv4ParseError.None)
        {
            return VrrpPacketError.Ipv4;
        }

        ReadOnlySpan<byte> whole = bytes[..header.TotalLengthBytes];
        ReadOnlySpan<byte> message = whole[header.HeaderLengthBytes..];
        bool isAuthenticated = header.Protocol == IpAuthenticationHeader.IpProtocol
            && IpAuthenticationHeader.TryParse(message, out _);
        if (isAuthenticated)
        {
            message = message[IpAuthenticationHeader.LengthBytes..];
        }
        else if (header.Protocol != VrrpAdvert.IpProtocol)
        {
            return VrrpPacketError.Protocol;
        }

        packet = new VrrpPacket
        {
            Path = new PacketPath(header.Source, header.Destination),
            TimeToLive = header.TimeToLive,
            Message = message,
            Authenticated = isAuthenticated ? whole : [],
            HeaderLengthBytes = header.HeaderLengthBytes,
        };
        return message.Length < 2 ? VrrpPacketError.Message : VrrpPacketError.None;
    }

    private static VrrpPacketError TryParseV6(ReadOnlySpan<byte> bytes, out VrrpPacket packet)
    {
        packet = default;
        if (Ipv6Header.TryParse(bytes, out Ipv6Header header) != Ipv6ParseError.None)
        {
            return VrrpPacketError.Ipv6;
        }

        if (header.NextHeader != VrrpAdvert.IpProtocol)
        {
            return VrrpPacketError.Protocol;
        }

        packet = new VrrpPacket
        {
            Path = new PacketPath(header.Source, header.Destination),
            TimeToLive = header.HopLimit,
            Message = bytes.Slice(Ipv6Header.LengthBytes, header.PayloadLengthBytes),
            HeaderLengthBytes = Ipv6Header.LengthBytes,
        };
        return packet.Message.Length < 2 ? VrrpPacketError.Message : VrrpPacketError.None;
    }
}
