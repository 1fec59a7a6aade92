namespace Pointsman.Control.Status;

/// <summary>The last finished check of a real server.</summary>
public sealed record LastCheckStatus
{
    public bool Success { get; init; }

    public string Outcome { get; init; } = "";

    public double SecondsAgo { get; init; }

    public double DurationMs { get; init; }
}
