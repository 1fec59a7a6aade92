using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp.Watch;

/// <summary>One sender of adverts, as it last spoke.</summary>
public sealed record HeardRouter
{
    /// <summary>The interface it was heard on.</summary>
    public required string Interface { get; init; }

    public required IpAddress Source { get; init; }

    public required byte VirtualRouterId { get; init; }

    public MacAddress Mac { get; init; }

    /// <summary>The packet went out from this machine.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The multicast group, or this node's address for unicast adverts.</summary>
    public IpAddress Destination { get; init; }

    /// <summary>255 unless somebody forges, or forwards.</summary>
    public byte TimeToLive { get; init; }

    /// <summary>2 or 3; 0 when the last packet was no advert.</summary>
    public byte Version { get; init; }

    /// <summary>0: it took its leave.</summary>
    public byte Priority { get; init; }

    /// <summary>As it says; see <see cref="MeasuredInterval"/> for what it does.</summary>
    public TimeSpan AdvertInterval { get; init; }

    public VrrpAuthType AuthType { get; init; }

    public ImmutableArray<IpAddress> Addresses { get; init; } = [];

    /// <summary>What is wrong with the last packet; None for a sound advert.</summary>
    public VrrpParseError Error { get; init; }

    public long Count { get; init; }

    public Instant FirstAt { get; init; }

    public Instant LastAt { get; init; }

    /// <summary>Null before the second packet.</summary>
    public TimeSpan? MeasuredInterval => Count < 2 ? null : (LastAt - FirstAt) / (Count - 1);

    /// <summary>It spoke lately enough for its backups to hold still.</summary>
    public bool SpeaksAt(Instant now) => Priority > 0 && now - LastAt < 3 * (AdvertInterval > TimeSpan.Zero ? AdvertInterval : TimeSpan.FromSeconds(1));
}
