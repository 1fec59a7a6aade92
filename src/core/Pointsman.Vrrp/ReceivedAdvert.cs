using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>A packet of protocol 112 as it came in, without its IPv4 header.</summary>
public readonly ref struct ReceivedAdvert
{
    public required IpAddress Source { get; init; }

    /// <summary>The frame's source, or default where the socket does not tell.</summary>
    public MacAddress SourceMac { get; init; }

    public required byte TimeToLive { get; init; }

    public required ReadOnlySpan<byte> Bytes { get; init; }
}
