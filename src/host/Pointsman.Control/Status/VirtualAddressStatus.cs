namespace Pointsman.Control.Status;

/// <summary>One address and port of a virtual server.</summary>
public sealed record VirtualAddressStatus
{
    public string Address { get; init; } = "";

    /// <summary>Packets to it are balanced by this node now.</summary>
    public bool Armed { get; init; }

    /// <summary>Why it is armed, or why not.</summary>
    public string Why { get; init; } = "";
}
