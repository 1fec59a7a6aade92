using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Dataplane;
using Pointsman.Engine;

namespace Pointsman.App.Run;

/// <summary>What the tables count of the real servers of one virtual server: of a group the sums over its addresses.</summary>
internal sealed class ServerFigures
{
    private readonly Rates? _rates;
    private readonly List<(VirtualServerConfig Single, Dictionary<TransportEndpoint, ServerSnapshot> Servers)> _services = [];

    /// <param name="rates">Null: not measured yet.</param>
    internal ServerFigures(VirtualServerConfig configured, Dictionary<ServiceKey, ServiceSnapshot> tables, Rates? rates)
    {
        _rates = rates;
        foreach (VirtualTarget target in configured.Targets)
        {
            VirtualServerConfig single = configured.Single(target);
            if (tables.TryGetValue(single.Key(), out ServiceSnapshot? service))
            {
                _services.Add((single, service.Servers.ToDictionary(server => server.Address)));
            }
        }
    }

    /// <summary>What passes in a second; null: not measured yet.</summary>
    internal Counters? Rates() => Sum(_services.Select(service => _rates?.Of(service.Single.Key())));

    internal Counters? Rates(int realServer) =>
        Sum(_services.Select(service => _rates?.Of(service.Single.Key(), service.Single.RealServers[realServer].Address)));

    /// <param name="realServer">Its place in the configuration.</param>
    internal (int Active, int Inactive, Counters Counters) Of(int realServer)
    {
        (int active, int inactive, Counters counters) = (0, 0, default);
        foreach ((VirtualServerConfig single, Dictionary<TransportEndpoint, ServerSnapshot> servers) in _services)
        {
            if (servers.TryGetValue(single.RealServers[realServer].Address, out ServerSnapshot? found))
            {
                active += found.Active;
                inactive += found.Inactive;
                counters += found.Counters;
            }
        }

        return (active, inactive, counters);
    }

    private static Counters? Sum(IEnumerable<Counters?> measured)
    {
        Counters? sum = null;
        foreach (Counters one in measured.OfType<Counters>())
        {
            sum = (sum ?? default) + one;
        }

        return sum;
    }
}
