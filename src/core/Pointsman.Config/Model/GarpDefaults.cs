namespace Pointsman.Config.Model;

/// <summary>What <c>global_defs</c> says of announcements and answers, for instances that say nothing; null: nothing either.</summary>
public sealed record GarpDefaults
{
    public TimeSpan? MasterDelay { get; init; }

    public int? MasterRepeat { get; init; }

    public TimeSpan? MasterRefresh { get; init; }

    public int? MasterRefreshRepeat { get; init; }

    public TimeSpan? LowerPrioDelay { get; init; }

    public int? LowerPrioRepeat { get; init; }

    /// <summary>From one announcement on an interface to the next; zero: without a pause.</summary>
    public TimeSpan GarpInterval { get; init; }

    /// <summary>The same for IPv6.</summary>
    public TimeSpan GnaInterval { get; init; }

    public GarpExtraConfig? Extra { get; init; }

    /// <summary>One announcement, no second batch.</summary>
    public bool MinGarp { get; init; }

    public bool LowerPrioNoAdvert { get; init; }

    public bool HigherPrioSendAdvert { get; init; }
}
