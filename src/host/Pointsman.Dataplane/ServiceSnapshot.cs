using System.Collections.Immutable;
using Pointsman.Balance;

namespace Pointsman.Dataplane;

/// <param name="PersistenceNetmask">In host order; all ones: each client by itself.</param>
/// <param name="Totals">Of all servers it ever had.</param>
/// <param name="Servers">In the order of the configuration.</param>
public sealed record ServiceSnapshot(
    ServiceKey Key,
    SchedulerKind Scheduler,
    TimeSpan? Persistence,
    uint PersistenceNetmask,
    Counters Totals,
    ImmutableArray<ServerSnapshot> Servers)
{
    public ServiceFlags Flags { get; init; }
}
