using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Engine.Notifications;
using Pointsman.Health;

namespace Pointsman.Engine;

/* The control side of one node: who is healthy, where servers are, and so what the data plane must do.

   Owner: the daemon's engine thread. Whoever owns it calls Start once, then OnDeadline at (or after) Deadline, and the
   other inputs as they happen, a new configuration among them; and carries out the actions in order. Mastership is not decided here: the VRRP role holds
   the ownership leases, and the data plane asks those. */

/// <summary>Joins configuration, health and reachability into forwarding plans.</summary>
public sealed class DirectorEngine
{
    private readonly Dictionary<IpAddress, Reachability> _reach = [];
    private readonly Dictionary<IpAddress, MacAddress> _onLink = [];
    private readonly List<HealthAction> _scratch = [];
    private readonly HashSet<IpAddress> _servers;
    private readonly HashSet<IpAddress> _locals = [];
    private readonly List<DirectorAction> _startLines = [];
    private readonly ServerOrders _orders = new();
    private readonly ToldFacts _told = new();
    private Configuration _configuration;
    private HealthMonitor _health;
    private ServiceQuorums _quorums;
    private ServiceNotifications _notifications;
    private ImmutableHashSet<string> _masters = [];
    private ImmutableArray<int> _interfaceIndexes = [];
    private bool _isStarted;

    /// <param name="configuration">What the operator wrote.</param>
    /// <param name="wasDown">Servers the data plane already held as down, from before a restart of the daemon.</param>
    /// <param name="generation">Differs between engines that share a prober.</param>
    public DirectorEngine(
        Configuration configuration, Func<ServiceKey, TransportEndpoint, bool> wasDown, uint generation = 0)
    {
        _configuration = configuration;
        Ownership = new OwnershipMap(configuration);
        ServerAddresses = AddressesIn(configuration);
        _servers = [.. ServerAddresses];
        _health = new HealthMonitor(Servers(configuration, wasDown), generation);
        _notifications = new ServiceNotifications(configuration);
        _quorums = new ServiceQuorums(configuration, _notifications, LivingWeight, before: null, _startLines);
    }

    public OwnershipMap Ownership { get; private set; }

    public Instant? Deadline => _health.Deadline;

    /// <summary>The addresses whose <see cref="Reachability"/> the host must find out and keep telling.</summary>
    public ImmutableArray<IpAddress> ServerAddresses { get; private set; }

    /// <summary>
    /// The servers whose frames may be another director's, by the hardware address they last had: for the engine of the
    /// next run.
    /// </summary>
    public ImmutableArray<PeerDirector> Peers =>
    [
        .. ServerAddresses.Where(_onLink.ContainsKey).Select(server => new PeerDirector(_onLink[server], server)),
    ];

    /// <summary>Before the start: what a former run, or the data plane it filled, knows of peers.</summary>
    public void Remember(ImmutableArray<PeerDirector> peers)
    {
        Invariant.That(!_isStarted, "what is remembered is told before the start");
        foreach (PeerDirector peer in peers)
        {
            if (_servers.Contains(peer.Address))
            {
                _onLink[peer.Address] = peer.Mac;
            }
        }
    }

    public void Start(Instant now, Prng random, List<DirectorAction> actions)
    {
        Invariant.That(!_isStarted, "an engine is started once");
        _isStarted = true;
        actions.AddRange(_startLines);
        Suspend();
        _health.Start(now, random);
        TellOfFirstStates(_ => true, actions);
        Retell(now, actions);
        Plan(actions);
    }

    /// <summary>
    /// A reload. Checks that are the same go on as they stand, and so do the ways to servers that stay; then the data
    /// plane is told the difference by a new plan.
    /// </summary>
    public void OnConfiguration(Instant now, Prng random, Configuration next, List<DirectorAction> actions)
    {
        Invariant.That(_isStarted, "what is reloaded runs");
        Dictionary<(ServiceKey, TransportEndpoint), ServerId> known = ServerIds(_configuration)
            .ToDictionary(server => (server.Service, server.Address), server => server.Id);
        Dictionary<ServerId, ServerId> formerly = ServerIds(next)
            .Where(server => known.ContainsKey((server.Service, server.Address)))
            .DistinctBy(server => server.Id)
            .ToDictionary(server => server.Id, server => known[(server.Service, server.Address)]);
        _health = _health.Continue(
            Servers(next, (_, _) => false), id => formerly.TryGetValue(id, out ServerId former) ? former : null);
        _configuration = next;
        _orders.Keep([.. ServerIds(next).Select(server => (server.Service, server.Address))]);
        _notifications = new ServiceNotifications(next);
        _quorums = new ServiceQuorums(next, _notifications, LivingWeight, _quorums, actions);
        Ownership = new OwnershipMap(next);
        ServerAddresses = AddressesIn(next);
        _servers.Clear();
        _servers.UnionWith(ServerAddresses);
        Forget(_reach);
        Forget(_onLink);
        _locals.IntersectWith(_servers);
        Suspend();
        _health.Start(now, random);
        TellOfFirstStates(id => !formerly.ContainsKey(id), actions);
        _told.Keep(next);
        Retell(now, actions);
        for (int v = 0; v < next.VirtualServers.Length; v++)
        {
            _quorums.Reconsider(v, LivingWeight(v), actions);
        }

        Plan(actions);
    }

    /// <summary>An instance became master, or ceases to be: checks with <c>ha_suspend</c> run where its addresses are.</summary>
    public void OnMastership(string instance, bool isMaster)
    {
        _masters = isMaster ? _masters.Add(instance) : _masters.Remove(instance);
        Suspend();
    }

    /// <summary>The daemon ends in order: <c>omega</c> has the scripts of failure run.</summary>
    public void OnStop(List<DirectorAction> actions)
    {
        for (int v = 0; v < _configuration.VirtualServers.Length; v++)
        {
            VirtualServerConfig virtualServer = _configuration.VirtualServers[v];
            if (!virtualServer.Omega)
            {
                continue;
            }

            for (int r = 0; r < virtualServer.RealServers.Length; r++)
            {
                if (_health.IsUp(new ServerId(v, r)))
                {
                    _notifications.OnServerStop(v, r, actions);
                }
            }

            _quorums.Stop(v, actions);
        }
    }

    public void OnDeadline(Instant now, List<DirectorAction> actions)
    {
        _health.OnDeadline(now, _scratch);
        Translate(actions);
    }

    public void OnProbeOutcome(Instant now, ProbeId id, ProbeOutcome outcome, List<DirectorAction> actions)
    {
        _health.OnOutcome(now, id, outcome, _scratch);
        Translate(actions);
    }

    /// <summary>The number in a tracked file.</summary>
    public void OnFile(Instant now, string name, int number, List<DirectorAction> actions) => OnTold(now, _told.File(name, number), actions);

    /// <summary>A neighbour's path came up, or was lost.</summary>
    /// <param name="why">As logs tell it.</param>
    public void OnPath(Instant now, string name, bool isUp, string why, List<DirectorAction> actions) =>
        OnTold(now, _told.Path(name, isUp, why), actions);

    private void OnTold(Instant now, Func<CheckMethod, ProbeOutcome?> judge, List<DirectorAction> actions)
    {
        _health.OnTold(now, judge, _scratch);
        Translate(actions);
    }

    // rs_init_notifies: what begins down has its word when it rises.
    private void TellOfFirstStates(Func<ServerId, bool> isNew, List<DirectorAction> actions)
    {
        if (!_configuration.Global.RsInitNotifies)
        {
            return;
        }

        for (int v = 0; v < _configuration.VirtualServers.Length; v++)
        {
            for (int r = 0; r < _configuration.VirtualServers[v].RealServers.Length; r++)
            {
                var id = new ServerId(v, r);
                if (isNew(id) && _health.IsUp(id))
                {
                    _notifications.OnServer(v, r, isUp: true, "begins up", actions);
                }
            }
        }
    }

    // What was told before the start, or before the check was configured.
    private void Retell(Instant now, List<DirectorAction> actions)
    {
        foreach (Func<CheckMethod, ProbeOutcome?> judge in _told.All)
        {
            OnTold(now, judge, actions);
        }
    }

    /// <summary>Word of a server that is not configured any more is too late, and harmless.</summary>
    public void OnReachability(IpAddress server, Reachability reachability, List<DirectorAction> actions)
    {
        Reachability before = Reach(server);
        if (before == reachability || !_servers.Contains(server))
        {
            return;
        }

        _reach[server] = reachability;
        if (reachability is Reachability.Local)
        {
            _locals.Add(server);
        }
        else
        {
            _locals.Remove(server);
        }

        RememberHardware(server, reachability);
        if (Describe(server, before, reachability) is { } line)
        {
            actions.Add(new DirectorAction.Log(line));
        }

        Plan(actions);
    }

    /// <summary>The interfaces that the data path must be attached to.</summary>
    public void OnInterfaces(ImmutableArray<int> indexes, List<DirectorAction> actions)
    {
        if (!_interfaceIndexes.SequenceEqual(indexes))
        {
            _interfaceIndexes = indexes;
            Plan(actions);
        }
    }

    /// <summary>
    /// What another configuration would ask of the data plane with every server up, so that it can be refused before
    /// anything is changed.
    /// </summary>
    public ForwardingPlan Draft(Configuration configuration) => PlanBuilder.Build(
        configuration, new OwnershipMap(configuration), (v, r) => new ServerStanding(IsInTable: true, configuration.VirtualServers[v].RealServers[r].Weight), _ => false, Reach, OnLink, _interfaceIndexes);

    /// <summary>An operator orders a server about, or with null takes the order back. It is kept beside the configuration, over reloads.</summary>
    public void OnOrder(int virtualServer, int realServer, ServerOrder? order, List<DirectorAction> actions)
    {
        VirtualServerConfig owner = _configuration.VirtualServers[virtualServer];
        RealServerConfig server = owner.RealServers[realServer];
        if (!_orders.Set(owner.Key(), server.Address, order))
        {
            return;
        }

        string name = OperatorText.Service(server.Address, owner.Protocol);
        actions.Add(new DirectorAction.Log(order is null
            ? $"The operator takes back the orders for service {name} of VS {VirtualServerName(virtualServer)}"
            : $"The operator orders {order.Words} for service {name} of VS {VirtualServerName(virtualServer)}"));
        _quorums.Reconsider(virtualServer, LivingWeight(virtualServer), actions);
        Plan(actions);
    }

    public bool HasOrders => !_orders.IsEmpty;

    /// <summary>What an operator has ordered of a real server; null: nothing.</summary>
    public ServerOrder? OrderFor(int virtualServer, int realServer)
    {
        VirtualServerConfig owner = _configuration.VirtualServers[virtualServer];
        return _orders.Find(owner.Key(), owner.RealServers[realServer].Address);
    }

    /// <summary>Null: packets reach the server; else why it takes no connections, whatever its checks say.</summary>
    public string? WhyUnreached(int virtualServer, int realServer)
    {
        VirtualServerConfig owner = _configuration.VirtualServers[virtualServer];
        RealServerConfig server = owner.RealServers[realServer];
        Reachability way = Reach(server.Address.Address);
        return way is Reachability.Unresolved lost ? lost.Reason
            : PlanBuilder.IsLocalByOtherPort(owner, server, way)
                ? $"it is this node, where only the virtual server's port {owner.Address.Port} can be reached"
                : null;
    }

    /// <summary>How many checks run; those that virtual servers share count once.</summary>
    public int CheckCount => _health.CheckCount;

    public OverdueChecks Overdue => _health.Overdue;

    public Reachability Reach(IpAddress server) => _reach.GetValueOrDefault(server, Reachability.NotAskedYet);

    public ServerHealthStatus Health(int virtualServer, int realServer) =>
        _health.Describe(new ServerId(virtualServer, realServer));

    /// <summary>How everything stands now, to be read at leisure elsewhere: of ten thousand servers in some milliseconds.</summary>
    public DirectorSurvey Survey() => new(
        _configuration,
        Ownership,
        [
            .. _configuration.VirtualServers.Select((virtualServer, v) => new ServiceSurvey(
                IsRelieved(v),
                [
                    .. virtualServer.RealServers.Select((server, r) => new ServerSurvey(
                        Health(v, r), Reach(server.Address.Address), WhyUnreached(v, r), WeightOf(v, r), OrderFor(v, r))),
                ])),
        ],
        CheckCount,
        Overdue);

    private static ImmutableArray<IpAddress> AddressesIn(Configuration configuration) =>
    [
        .. configuration.VirtualServers.SelectMany(v => v.RealServers.Select(r => r.Address).Concat(v.SorryServer is { } sorry ? [sorry] : []))
            .Select(endpoint => endpoint.Address).Distinct(),
    ];

    private static IEnumerable<(ServerId Id, ServiceKey Service, TransportEndpoint Address)> ServerIds(Configuration configuration)
    {
        for (int v = 0; v < configuration.VirtualServers.Length; v++)
        {
            VirtualServerConfig virtualServer = configuration.VirtualServers[v];
            foreach (ServiceKey key in virtualServer.Keys())
            {
                for (int r = 0; r < virtualServer.RealServers.Length; r++)
                {
                    yield return (new ServerId(v, r), key, virtualServer.RealServers[r].Address);
                }
            }
        }
    }

    private void Forget<T>(Dictionary<IpAddress, T> known)
    {
        foreach (IpAddress gone in known.Keys.Where(server => !_servers.Contains(server)).ToList())
        {
            known.Remove(gone);
        }
    }

    private static IEnumerable<ServerDefinition> Servers(
        Configuration configuration, Func<ServiceKey, TransportEndpoint, bool> wasDown)
    {
        for (int v = 0; v < configuration.VirtualServers.Length; v++)
        {
            VirtualServerConfig virtualServer = configuration.VirtualServers[v];
            ServiceKey key = virtualServer.Key();
            for (int r = 0; r < virtualServer.RealServers.Length; r++)
            {
                RealServerConfig server = virtualServer.RealServers[r];
                yield return new ServerDefinition(
                    new ServerId(v, r),
                    server.Address,
                    virtualServer.Protocol,
                    [.. server.Checks.Select(check => CheckTranslation.Translate(virtualServer, server, check, configuration))])
                {
                    Weight = server.Weight,
                    Service = OperatorText.Service(virtualServer),

                    // Where the address is elsewhere, a check rests for that virtual server alone.
                    SharesChecks = configuration.Global.ShareChecks && !virtualServer.HaSuspend,

                    // Without a check nothing could ever raise it again.
                    WasDown = !server.Checks.IsEmpty && wasDown(key, virtualServer.Single(virtualServer.Targets[0]).RealServers[r].Address),
                };
            }
        }
    }

    private static string? Describe(IpAddress server, Reachability before, Reachability after) => after switch
    {
        Reachability.Local => $"Real server {server} is this node",
        Reachability.Via way => $"Real server {server} is at {way.NextHop.Target}{(way.OnLink ? "" : " (a router)")}",
        // Only a loss is news: at start everything is unresolved for a moment.
        Reachability.Unresolved lost when before is not Reachability.Unresolved =>
            $"Real server {server} cannot be reached: {lost.Reason}; its new connections go elsewhere",
        _ => null,
    };

    private string VirtualServerName(int index) => OperatorText.Service(_configuration.VirtualServers[index]);

    private void Translate(List<DirectorAction> actions)
    {
        bool changed = false;
        foreach ((int at, HealthAction action) in _scratch.Index())
        {
            switch (action)
            {
                case HealthAction.StartProbe probe:
                    actions.Add(CheckRoads.Lead(probe, _configuration, Ownership, _masters, Reach, _locals));
                    break;
                case HealthAction.CheckChanged check:
                    actions.Add(new DirectorAction.Log(check.LogLine));
                    TellOfCheck(check, hasTurned: _scratch.Skip(at + 1).Any(later => later is HealthAction.ServerChanged turned && turned.Server == check.Server), actions);
                    break;
                case HealthAction.Overdue overdue:
                    actions.Add(new DirectorAction.Log(overdue.LogLine));
                    break;
                case HealthAction.AttemptFailed failed:
                    actions.Add(new DirectorAction.Log(failed.LogLine));
                    break;
                case HealthAction.WeightChanged weight:
                    actions.Add(new DirectorAction.Log(WeightLine(weight.Server)));
                    _quorums.Reconsider(weight.Server.VirtualServer, LivingWeight(weight.Server.VirtualServer), actions);
                    changed = true;
                    break;
                case HealthAction.ServerChanged server:
                    actions.Add(new DirectorAction.Log(ServerLine(server)));
                    _notifications.OnServer(server.Server.VirtualServer, server.Server.RealServer, server.IsUp, server.Reason, actions);
                    _quorums.Reconsider(server.Server.VirtualServer, LivingWeight(server.Server.VirtualServer), actions);
                    changed = true;
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        _scratch.Clear();
        if (changed)
        {
            Plan(actions);
        }
    }

    private string WeightLine(ServerId id)
    {
        VirtualServerConfig virtualServer = _configuration.VirtualServers[id.VirtualServer];
        RealServerConfig server = virtualServer.RealServers[id.RealServer];
        string name = OperatorText.Service(server.Address, virtualServer.Protocol);
        string state = _health.IsUp(id) ? "active" : "inactive";
        return $"Changing weight to {_health.WeightOf(id)} for {state} service {name} of VS {VirtualServerName(id.VirtualServer)}";
    }

    private string ServerLine(HealthAction.ServerChanged change)
    {
        VirtualServerConfig virtualServer = _configuration.VirtualServers[change.Server.VirtualServer];
        string server = OperatorText.Service(
            virtualServer.RealServers[change.Server.RealServer].Address, virtualServer.Protocol);
        string service = VirtualServerName(change.Server.VirtualServer);
        bool stays = virtualServer.RealServers[change.Server.RealServer].InhibitOnFailure;
        return (change.IsUp, stays) switch
        {
            (true, false) => $"Adding service {server} to VS {service}: {change.Reason}",
            (false, false) => $"Removing service {server} from VS {service}: {change.Reason}",
            (true, true) => $"Enabling service {server} of VS {service}: {change.Reason}",
            (false, true) => $"Disabling service {server} of VS {service}: {change.Reason}",
        };
    }

    // What one probe's end has turned stands in one batch: the check first, then its server.
    private void TellOfCheck(HealthAction.CheckChanged check, bool hasTurned, List<DirectorAction> actions) => _notifications.OnCheck(
        check.Server.VirtualServer, check.Server.RealServer, hasTurned, _health.IsUp(check.Server), (CheckWording.Of(check), check.LogLine), actions);

    /// <summary>Of a real server: what an operator ordered, what a check asked for, or else the configured weight.</summary>
    public int WeightOf(int virtualServer, int realServer) => OrderFor(virtualServer, realServer) switch
    {
        ServerOrder.Drain => 0,
        ServerOrder.Weight weight => weight.Value,
        _ => WeightWithoutOrder(virtualServer, realServer),
    };

    /// <summary>What a check asked for, or else the configured weight.</summary>
    public int WeightWithoutOrder(int virtualServer, int realServer) => _health.WeightOf(new ServerId(virtualServer, realServer))
        ?? _configuration.VirtualServers[virtualServer].RealServers[realServer].Weight;

    private long LivingWeight(int virtualServer) => Enumerable.Range(0, _configuration.VirtualServers[virtualServer].RealServers.Length)
        .Where(r => _health.IsUp(new ServerId(virtualServer, r)) && OrderFor(virtualServer, r) is not ServerOrder.Disable)
        .Sum(r => (long)WeightOf(virtualServer, r));

    // Those whom a sorry server stands in for get no new connections; keepalived breaks off the ones they have.
    private ServerStanding Standing(int virtualServer, int realServer)
    {
        VirtualServerConfig config = _configuration.VirtualServers[virtualServer];
        int weight = WeightOf(virtualServer, realServer);
        if (OrderFor(virtualServer, realServer) is ServerOrder.Disable)
        {
            return new ServerStanding(IsInTable: false, weight);
        }

        return !_health.IsUp(new ServerId(virtualServer, realServer))
            ? config.RealServers[realServer].InhibitOnFailure ? new ServerStanding(IsInTable: true, 0) : new ServerStanding(IsInTable: false, weight)
            : new ServerStanding(IsInTable: true, IsRelieved(virtualServer) ? 0 : weight);
    }

    /// <summary>Its sorry server stands in.</summary>
    public bool IsRelieved(int virtualServer) =>
        _configuration.VirtualServers[virtualServer].SorryServer is not null && !_quorums.IsUp(virtualServer);

    private void Suspend() => _health.Suspended =
    [
        .. Enumerable.Range(0, _configuration.VirtualServers.Length).Where(v => _configuration.VirtualServers[v] is { HaSuspend: true, Group: null }
            && Ownership.OwnerOf(_configuration.VirtualServers[v].Address.Address) is { } owner && !_masters.Contains(owner)),
    ];

    // A server that does not answer us may still forward to us, so it stays a peer by the address it last had.
    private void RememberHardware(IpAddress server, Reachability reachability)
    {
        switch (reachability)
        {
            case Reachability.Via { OnLink: true } way:
                _onLink[server] = way.NextHop.Target;
                break;
            case Reachability.Via or Reachability.Local:
                _onLink.Remove(server);
                break;
            case Reachability.Unresolved:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // Not before the ways to all servers were told: a plan without them would take from a data path that outlived a
    // restart or reload what it knows of next hops, of the server on this node, and of its peers.
    private void Plan(List<DirectorAction> actions)
    {
        if (_isStarted && _reach.Count == ServerAddresses.Length)
        {
            actions.Add(new DirectorAction.ApplyPlan(() => PlanBuilder.Build(
                _configuration,
                Ownership,
                Standing,
                IsRelieved,
                Reach,
                OnLink,
                _interfaceIndexes)));
        }
    }

    private MacAddress? OnLink(IpAddress server) => _onLink.TryGetValue(server, out MacAddress mac) ? mac : null;
}
