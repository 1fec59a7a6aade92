using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary><c>bfd_instance NAME</c>: a neighbour whose path is watched.</summary>
public sealed record BfdConfig(string Name, SourceSpan Source)
{
    public IpAddress Neighbor { get; init; }

    /// <summary>Null: as the routes say.</summary>
    public IpAddress? SourceAddress { get; init; }

    public TimeSpan MinRx { get; init; } = TimeSpan.FromMilliseconds(10);

    public TimeSpan MinTx { get; init; } = TimeSpan.FromMilliseconds(10);

    public TimeSpan IdleTx { get; init; } = TimeSpan.FromSeconds(1);

    public int Multiplier { get; init; } = 5;

    public bool IsPassive { get; init; }

    public bool IsMultihop { get; init; }

    /// <summary>Null: 255, or 64 with <see cref="IsMultihop"/>.</summary>
    public int? TimeToLive { get; init; }

    /// <summary>-1: any number.</summary>
    public int MaxHops { get; init; }

    public int Weight { get; init; }

    /// <summary>The weight works the other way round.</summary>
    public bool Reverse { get; init; }

    /// <summary><c>vrrp</c>: typed, so that only those are told who are named.</summary>
    internal bool NamesVrrp { get; init; }

    /// <summary><c>checker</c>: likewise.</summary>
    internal bool NamesChecker { get; init; }

    /// <summary>Instances and groups may track it.</summary>
    public bool IsForVrrp => NamesVrrp || !NamesChecker;

    /// <summary>A <c>BFD_CHECK</c> may follow it.</summary>
    public bool IsForChecker => NamesChecker || !NamesVrrp;

    /// <summary>The one in force.</summary>
    public int EffectiveTimeToLive => TimeToLive ?? (IsMultihop ? 64 : 255);
}
