namespace Pointsman.Control.Status;

/// <summary>What a check through the virtual address found amiss, each result apart.</summary>
public sealed record OffRoadStatus
{
    /// <summary>How the check through the virtual address went.</summary>
    public string Road { get; init; } = "";

    /// <summary>How the same check to the server's own address went; null: there was no time for it, or no need.</summary>
    public string? OwnAddress { get; init; }

    /// <summary>The server answers on its own address.</summary>
    public bool OwnAddressAnswers { get; init; }

    /// <summary>What is likely amiss.</summary>
    public string Cause { get; init; } = "";
}
