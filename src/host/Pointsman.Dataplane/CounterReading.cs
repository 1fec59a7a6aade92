using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Dataplane;

/// <summary>What was counted until one moment.</summary>
public sealed record CounterReading(
    IReadOnlyDictionary<ServiceKey, Counters> Services,
    IReadOnlyDictionary<(ServiceKey Service, TransportEndpoint Server), Counters> Servers);
