namespace Pointsman.Control.Status;

/// <summary>One <c>vrrp_script</c>.</summary>
public sealed record ScriptStatus
{
    public string Name { get; init; } = "";

    /// <summary>up, down or unknown.</summary>
    public string State { get; init; } = "unknown";

    /// <summary>The last run's outcome.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Null: not run yet.</summary>
    public double? LastRunSecondsAgo { get; init; }
}
