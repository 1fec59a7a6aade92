using System.Collections.Immutable;

namespace Pointsman.Control.Status;

/// <summary>Whether the kernel stops answering for the virtual addresses when nobody renews their leases.</summary>
public sealed record DeadMansSwitchStatus
{
    /// <summary>on, off or unavailable.</summary>
    public string State { get; init; } = "";

    /// <summary>Empty when it is on.</summary>
    public string Why { get; init; } = "";

    public ImmutableArray<InterfaceStatus> Interfaces { get; init; } = [];
}
