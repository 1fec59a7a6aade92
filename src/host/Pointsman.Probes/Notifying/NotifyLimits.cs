namespace Pointsman.Probes.Notifying;

/// <summary>How much patience and room notify scripts have.</summary>
public sealed record NotifyLimits
{
    /// <summary>A script that runs longer no longer holds back the next one of its subject.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Scripts of one subject that may run beside each other; the oldest is ended for another.</summary>
    public int BesideCount { get; init; } = 8;

    /// <summary>Scripts of one subject that may wait; the oldest is left out for another, since the newest state counts.</summary>
    public int WaitingCount { get; init; } = 64;
}
