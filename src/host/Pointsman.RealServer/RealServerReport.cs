using System.Collections.Immutable;

namespace Pointsman.RealServer;

/// <summary>How a real server stands, or what was done to it.</summary>
public sealed record RealServerReport
{
    /// <summary>The virtual IPs it is, or should be, a real server for.</summary>
    public ImmutableArray<string> VirtualIps { get; init; } = [];

    /// <summary>What was changed just now, a line each; empty when nothing had to be.</summary>
    public ImmutableArray<string> Changed { get; init; } = [];

    /// <summary>What hinders it from serving, a line each.</summary>
    public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>What was left as it is although one might expect otherwise, a line each.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    public bool IsWhole => Missing.IsEmpty;
}
