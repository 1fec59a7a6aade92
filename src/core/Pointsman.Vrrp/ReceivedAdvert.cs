using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>A packet of protocol 112 as it came in, its IP header taken off.</summary>
public readonly ref struct ReceivedAdvert
{
    public required IpAddress Source { get; init; }

    /// <summary>Default: the multicast group of the RFC.</summary>
    public IpAddress Destination { get; init; }

    /// <summary>The frame's source, or default where the socket does not tell.</summary>
    public MacAddress SourceMac { get; init; }

    /// <summary>Of an IPv6 packet: the hop limit.</summary>
    public required byte TimeToLive { get; init; }

    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>The whole packet when an authentication header stands before the message; else empty.</summary>
    public ReadOnlySpan<byte> Authenticated { get; init; }

    /// <summary>Of the IP header, for <see cref="Authenticated"/>.</summary>
    public int HeaderLengthBytes { get; init; }

    internal PacketPath Path => new(Source, Destination == default ? VrrpAdvert.MulticastGroup(Source.Family) : Destination);

    internal bool IsMulticast => Path.Destination.IsMulticast;

    public static ReceivedAdvert From(in VrrpPacket packet, MacAddress sourceMac) => new()
    {
        Source = packet.Path.Source,
        Destination = packet.Path.Destination,
        SourceMac = sourceMac,
        TimeToLive = packet.TimeToLive,
        Bytes = packet.Message,
        Authenticated = packet.Authenticated,
        HeaderLengthBytes = packet.HeaderLengthBytes,
    };
}
