using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>A real server's health for the operator's eyes.</summary>
/// <param name="ChangedAt">Null: not changed since the monitor began.</param>
/// <param name="Reason">Why it is in this state.</param>
public sealed record ServerHealthStatus(
    ServerId Id,
    bool IsUp,
    Instant? ChangedAt,
    string Reason,
    ImmutableArray<CheckStatus> Checks);

/// <summary>One check of a real server.</summary>
/// <param name="Method">keepalived's word for it.</param>
/// <param name="LastResult">Null: not run yet.</param>
public sealed record CheckStatus(string Method, TransportEndpoint Target, bool IsUp, CheckResult? LastResult)
{
    /// <summary>The last results, the oldest first.</summary>
    public ImmutableArray<CheckResult> History { get; init; } = [];
}
