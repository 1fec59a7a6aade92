namespace Pointsman.Control.Status;

/// <summary>How the last reload went.</summary>
public sealed record ReloadStatus
{
    /// <summary>False: it was refused, and the configuration before runs on.</summary>
    public bool Applied { get; init; }

    public double SecondsAgo { get; init; }

    /// <summary>How many settings it changed, or would have changed.</summary>
    public int Changes { get; init; }

    /// <summary>Why it was refused.</summary>
    public string? Why { get; init; }
}
