using Pointsman.Base;

namespace Pointsman.Bfd;

/// <summary>One <c>bfd_instance</c>: a neighbour and how its path is watched.</summary>
public sealed record BfdSessionSettings
{
    public required string Name { get; init; }

    public required IpAddress Neighbor { get; init; }

    /// <summary>Null: what the kernel chooses on the way to the neighbour.</summary>
    public IpAddress? Source { get; init; }

    /// <summary>The shortest distance in which packets may come.</summary>
    public TimeSpan MinRx { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The distance of our packets while the session is up, unless the neighbour wants fewer.</summary>
    public TimeSpan MinTx { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The same while it is not up; a second at least (RFC 5880 §6.8.3).</summary>
    public TimeSpan IdleTx { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>So many of our packets must be missing for the neighbour to say that we are down.</summary>
    public byte Multiplier { get; init; } = 5;

    /// <summary>Nothing is said before the neighbour has spoken.</summary>
    public bool IsPassive { get; init; }

    /// <summary>Over routers: another port, and another bound for the time to live.</summary>
    public bool IsMultihop { get; init; }

    /// <summary>The packets' time to live, or hop limit.</summary>
    public byte TimeToLive { get; init; } = 255;

    /// <summary>Packets that have come over more routers are not believed; -1: any number (RFC 5881 §5, RFC 5082).</summary>
    public int MaxHops { get; init; }
}
