using System.Collections.Immutable;

namespace Pointsman.Control;

/// <summary>The answer to an order about real servers: it is carried out.</summary>
public sealed record ServerOrderAccepted(ImmutableArray<OrderedServer> Servers)
{
    /// <summary>Why the next daemon will not know of it; null: it will.</summary>
    public string? Warning { get; init; }
}

/// <param name="Outcome">What it is now: drained, disabled, weight 5, enabled.</param>
/// <param name="Weight">That counts now.</param>
public sealed record OrderedServer(string Server, string Outcome, int Weight);
