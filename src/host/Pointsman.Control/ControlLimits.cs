namespace Pointsman.Control;

/// <summary>What one client, and all together, may take from the daemon.</summary>
public sealed record ControlLimits
{
    public int RequestSizeBytes { get; init; } = 16 * 1024;

    /// <summary>Clients served at once; one more is told to come again.</summary>
    public int Clients { get; init; } = 16;

    /// <summary>To send the request, and again to take the answer.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
