namespace Pointsman.Control.Status;

/// <summary>Another director, known by its adverts.</summary>
public sealed record PeerStatus
{
    public string Address { get; init; } = "";

    public string? Mac { get; init; }

    public string Interface { get; init; } = "";

    public double HeardSecondsAgo { get; init; }
}
