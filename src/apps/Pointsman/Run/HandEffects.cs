using Pointsman.App.Ipvsadm;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.App.Run;

/// <summary>What carries out orders by hand.</summary>
/// <param name="Check">Why the data path would refuse a configuration; null: it would not.</param>
/// <param name="Apply">Puts one in force; returns why it cannot, or null.</param>
/// <param name="Beside">Carries out what changes no configuration (counters, synchronisation); returns why it cannot.</param>
/// <param name="Touched">Told of each server that was set, when that is in force.</param>
internal sealed record HandEffects(
    Func<Configuration, string?> Check,
    Func<Configuration, string?> Apply,
    Func<IpvsadmRequest, string?> Beside,
    Action<ServiceKey, TransportEndpoint> Touched);
