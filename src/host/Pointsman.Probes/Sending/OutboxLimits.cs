namespace Pointsman.Probes.Sending;

/// <summary>How much waits, and how long is tried.</summary>
public sealed record OutboxLimits
{
    /// <summary>A site of a thousand servers that all fall at once fits in; more is a storm, and its beginning is let go.</summary>
    public int Capacity { get; init; } = 1000;

    /// <summary>From the first failure to the next attempt; doubled with each that follows.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Older news is given up.</summary>
    public TimeSpan OldestAge { get; init; } = TimeSpan.FromHours(24);
}
