namespace Pointsman.Control.Status;

/// <summary>The last finished check of a real server.</summary>
public sealed record LastCheckStatus
{
    public bool Success { get; init; }

    public string Outcome { get; init; } = "";

    public double SecondsAgo { get; init; }

    public double DurationMs { get; init; }

    /// <summary>The virtual address it was sent to, by just this server; null: it was sent to the server's own.</summary>
    public string? Through { get; init; }

    /// <summary>Why it was not sent through the virtual address; null: it was, or clients' packets are not either.</summary>
    public string? PlainBecause { get; init; }

    /// <summary>Set when a client would not be served.</summary>
    public OffRoadStatus? OffRoad { get; init; }
}
