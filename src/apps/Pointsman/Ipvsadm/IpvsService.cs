using System.Collections.Immutable;
using Pointsman.Balance;

namespace Pointsman.App.Ipvsadm;

/// <param name="Scheduler">By the name IPVS gives it.</param>
/// <param name="Persistence">Null: each connection is balanced by itself.</param>
internal sealed record IpvsService(
    ServiceKey Key,
    string Scheduler,
    IpvsPersistence? Persistence,
    IpvsCounters Counters,
    ImmutableArray<IpvsServer> Servers)
{
    public ServiceFlags Flags { get; init; }
}
