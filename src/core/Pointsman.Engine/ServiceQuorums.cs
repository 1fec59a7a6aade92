using Pointsman.Balance;
using Pointsman.Config.Model;
using Pointsman.Engine.Notifications;
using Pointsman.Health;

namespace Pointsman.Engine;

/// <summary>Which virtual servers have their quorum, and what is told when that changes.</summary>
internal sealed class ServiceQuorums
{
    private readonly Configuration _configuration;
    private readonly ServiceNotifications _notifications;
    private readonly QuorumMachine[] _machines;

    /// <param name="weightOf">The living weight of a virtual server.</param>
    /// <param name="before">The quorums this one goes on from at a reload, by service; null at the start.</param>
    public ServiceQuorums(
        Configuration configuration, ServiceNotifications notifications, Func<int, long> weightOf, ServiceQuorums? before, List<DirectorAction> actions)
    {
        _notifications = notifications;
        _configuration = configuration;
        _machines = new QuorumMachine[configuration.VirtualServers.Length];
        for (int v = 0; v < _machines.Length; v++)
        {
            VirtualServerConfig server = configuration.VirtualServers[v];
            bool? wasUp = before?.Find(server);
            _machines[v] = new QuorumMachine(server.Quorum, server.Hysteresis, wasUp ?? server.Times.Alpha != true);
            if (wasUp is null)
            {
                // Where a service begins is no change, so that nobody is told of one.
                _machines[v].Reconsider(weightOf(v));
                if (!_machines[v].IsUp)
                {
                    actions.Add(new DirectorAction.Log($"Starting with quorum down for VS {NameOf(server)}"));
                }
            }
        }
    }

    public bool IsUp(int virtualServer) => _machines[virtualServer].IsUp;

    /// <summary>Its living servers or their weights changed.</summary>
    public void Reconsider(int virtualServer, long weight, List<DirectorAction> actions)
    {
        if (_machines[virtualServer].Reconsider(weight) is not { } line)
        {
            return;
        }

        VirtualServerConfig server = _configuration.VirtualServers[virtualServer];
        bool isUp = IsUp(virtualServer);
        string name = NameOf(server);
        actions.Add(new DirectorAction.Log($"{line} for VS {name}"));
        if (server.SorryServer is { } sorry)
        {
            string sorryName = OperatorText.Service(sorry, server.Protocol);
            actions.Add(new DirectorAction.Log(isUp ? $"Removing sorry server {sorryName} from VS {name}" : $"Adding sorry server {sorryName} to VS {name}"));
            actions.Add(new DirectorAction.Log(isUp
                ? $"Adding alive servers to the pool for VS {name}"
                : $"Removing alive servers from the pool for VS {name}"));
        }

        _notifications.OnQuorum(virtualServer, isUp, line, actions);
    }

    /// <summary><c>omega</c>: the end of the daemon is the end of the service.</summary>
    public void Stop(int virtualServer, List<DirectorAction> actions)
    {
        if (IsUp(virtualServer))
        {
            _notifications.OnQuorum(virtualServer, isUp: false, "Shutting down", actions);
        }
    }

    private static string NameOf(VirtualServerConfig server) => OperatorText.Service(server);

    // A group is the same one as long as one of its addresses is.
    private bool? Find(VirtualServerConfig next)
    {
        HashSet<ServiceKey> keys = [.. next.Keys()];
        for (int v = 0; v < _machines.Length; v++)
        {
            VirtualServerConfig server = _configuration.VirtualServers[v];
            if (server.Keys().Any(keys.Contains))
            {
                return _machines[v].IsUp;
            }
        }

        return null;
    }
}
