using System.Collections.Immutable;

namespace Pointsman.App.Ipvsadm;

/// <summary>
/// Turns two readings into rates. The kernel's IPVS keeps a moving average; our data path keeps plain counters, so a
/// rate is measured when it is asked for.
/// </summary>
internal static class RateSample
{
    /// <summary>Long enough for a slow service to show, short enough for <c>watch</c>.</summary>
    internal static readonly TimeSpan Span = TimeSpan.FromSeconds(1);

    /// <summary>The later tables, their counters replaced by what passed in a second.</summary>
    internal static IpvsTables Between(IpvsTables before, IpvsTables after, TimeSpan elapsed)
    {
        var earlier = before.Services.ToDictionary(service => service.Key);
        return after with
        {
            Services = [.. after.Services.Select(service =>
                OfService(earlier.GetValueOrDefault(service.Key), service, elapsed))],
        };
    }

    private static IpvsService OfService(IpvsService? before, IpvsService after, TimeSpan elapsed)
    {
        ImmutableArray<IpvsServer> earlier = before?.Servers ?? [];
        return after with
        {
            Counters = Between(before?.Counters, after.Counters, elapsed),
            Servers = [.. after.Servers.Select(server => server with
            {
                Counters = Between(
                    earlier.FirstOrDefault(old => old.Address == server.Address)?.Counters, server.Counters, elapsed),
            })],
        };
    }

    // What was not there before has no earlier reading to compare with.
    private static IpvsCounters Between(IpvsCounters? before, IpvsCounters after, TimeSpan elapsed) =>
        IpvsCounters.PerSecond(before ?? after, after, elapsed);
}
