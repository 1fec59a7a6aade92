using System.Collections.Immutable;

namespace Pointsman.Control;

/// <summary>The answer to an order about mastership: the VRRP process has it, and what comes of it shows in the status.</summary>
/// <param name="Instances">Whom it concerns, with the members of their sync groups.</param>
public sealed record OrderAccepted(ImmutableArray<string> Instances)
{
    /// <summary>Why the next daemon will not know of it; null: it will.</summary>
    public string? Warning { get; init; }
}
