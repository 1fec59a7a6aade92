using System.Collections.Immutable;
using Pointsman.Balance;

namespace Pointsman.Dataplane;

/// <param name="PersistencePrefixLength">Of the networks whose clients share a server.</param>
/// <param name="Totals">Of all servers it ever had.</param>
/// <param name="Servers">In the order of the configuration.</param>
public sealed record ServiceSnapshot(
    ServiceKey Key,
    SchedulerKind Scheduler,
    TimeSpan? Persistence,
    int PersistencePrefixLength,
    Counters Totals,
    ImmutableArray<ServerSnapshot> Servers)
{
    /// <summary>Bits of IPv4 among those that do not count all the same.</summary>
    public uint PersistenceGaps { get; init; }

    public ServiceFlags Flags { get; init; }
}
