using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Control.Status;
using Pointsman.Dataplane;
using Pointsman.Dataplane.NextHops;
using Pointsman.Engine;
using Pointsman.Health;
using Pointsman.Linux.Network;
using Pointsman.Probes;
using Pointsman.Probes.Road;

namespace Pointsman.App.Run;

/// <summary>The balancing side of the daemon: the data path, the ways to the real servers, and their checks.</summary>
internal sealed class ForwardingPart : IDisposable
{
    /// <summary>What one call of <see cref="Sweep"/> may take of the engine's thread.</summary>
    private static readonly TimeSpan SweepBudget = TimeSpan.FromMilliseconds(20);

    /// <summary>How long an adopted server's neighbour may take to answer again; on the link it does in milliseconds.</summary>
    private static readonly TimeSpan AdoptedPatience = TimeSpan.FromSeconds(1);

    private readonly Action<DaemonEvent> _post;
    private readonly XdpDataplane _dataplane;
    private readonly DataplaneSnapshot _found;
    private readonly ProbeRunner _probes;
    private readonly RouteClient _routes = new();
    private readonly HashSet<(ServiceKey, TransportEndpoint)> _wasDown;
    private ImmutableArray<IpAddress> _followed = [];
    private ImmutableHashSet<OuterProtocol> _tunnels = [];
    private readonly Action<string> _note;
    private readonly RatePart _rates;
    private ReachabilityWatcher? _watcher;

    private ForwardingPart(XdpDataplane dataplane, string pinDirectory, ScriptSecurity security, Action<DaemonEvent> post, Action<string> note)
    {
        _dataplane = dataplane;
        _post = post;
        _note = note;
        TellNotes();
        _found = dataplane.ReadSnapshot();
        _wasDown =
        [
            .. _found.Services.SelectMany(service => service.Servers
                .Where(server => !server.IsUp).Select(server => (service.Key, server.Address))),
        ];
        _probes = new ProbeRunner((id, outcome) => post(new DaemonEvent.ProbeFinished(id, outcome)), security);
        _rates = new RatePart(pinDirectory, Rates.Interval, broken => post(new DaemonEvent.ThreadFailed("rates", broken)));
        _rates.Start();
    }

    /// <summary>Makes the data path, or takes over the one that a former daemon left running.</summary>
    /// <param name="connections">How many are remembered, should there be no table yet.</param>
    /// <param name="note">Told of what is worth logging, now and when plans are applied.</param>
    /// <exception cref="DataplaneException">It cannot run here; the message says what to do.</exception>
    internal static ForwardingPart Open(
        RunPaths paths, int connections, ScriptSecurity security, Action<DaemonEvent> post, Action<string> note)
    {
        var options = new DataplaneOptions { PinDirectory = paths.PinDirectory, MarkNote = paths.MarkNote, ConnectionCapacity = connections };
        return new ForwardingPart(XdpDataplane.Open(options), paths.PinDirectory, security, post, note);
    }

    internal bool Adopted => _dataplane.Adopted;

    /// <summary>The interfaces it is attached to now.</summary>
    internal ImmutableArray<int> Attached => [.. _dataplane.Interfaces.Select(attached => attached.Index).Order()];

    /// <summary>How many connections the former daemon left.</summary>
    internal int AdoptedConnections => _found.Connections;

    /// <summary>Null: not measured yet.</summary>
    internal Rates? Rates => _rates.Now;

    /// <summary>Follows the ways to these servers, in place of those before.</summary>
    internal void Follow(ImmutableArray<IpAddress> servers)
    {
        if (_watcher is not null && _followed.SequenceEqual(servers))
        {
            return;
        }

        _followed = servers;

        // The tables of a former daemon still know the ways that the kernel may have forgotten meanwhile.
        TimeSpan patience = _watcher is null && Adopted ? AdoptedPatience : TimeSpan.Zero;
        _watcher?.Dispose();
        _watcher = new ReachabilityWatcher(
            servers,
            ways => _post(new DaemonEvent.ServersReachable(ways)),
            broken => _post(new DaemonEvent.ThreadFailed("reachability", broken)),
            patience);
        _watcher.Heed(_tunnels);
        _watcher.Start();
    }

    /// <summary>The peer directors a former daemon knew.</summary>
    internal ImmutableArray<PeerDirector> PeersFound => _found.Peers;

    /// <summary>A former daemon had found this server dead.</summary>
    internal bool WasDown(ServiceKey service, TransportEndpoint server) => _wasDown.Contains((service, server));

    internal void Probe(DirectorAction.StartProbe probe)
    {
        if (probe.Road is not { } road)
        {
            _probes.Start(probe.Probe);
            return;
        }

        if (_dataplane.RoadMark(road.Service, road.Server, road.Hop.InterfaceIndex, out string? why) is { } mark)
        {
            _probes.Start(probe.Probe, new RoadPass(mark, road.Hop.InterfaceIndex, road.Hop.Source, road.Hop.Target)
            {
                OwnAddress = road.Source,
                SegmentBytes = road.SegmentBytes,
            });
            return;
        }

        _probes.Start(probe.Probe with { Request = probe.Probe.Request with { Road = null, PlainBecause = why } });
    }

    internal void Apply(ForwardingPlan plan)
    {
        try
        {
            _dataplane.Apply(plan);
        }
        finally
        {
            TellNotes();
        }

        _tunnels = OuterProtocol.In(plan);
        _watcher?.Heed(_tunnels);
    }

    /// <summary>The table stays as large as it is while it is in use.</summary>
    internal void WantSize(int connections)
    {
        int wanted = XdpDataplane.CapacityFor(connections);
        if (wanted != _dataplane.ConnectionCapacity)
        {
            _note(XdpDataplane.SizeKept(_dataplane.ConnectionCapacity, wanted));
        }
    }

    internal void SetTimeouts(TimeSpan tcp, TimeSpan tcpFin, TimeSpan udp) => _dataplane.SetTimeouts(tcp, tcpFin, udp);

    internal bool TryZero(ServiceKey? service) => _dataplane.TryZero(service);

    internal long TableWrites => _dataplane.TableWrites;

    internal void Sweep() => _dataplane.Sweep(SweepBudget);

    internal void KeepMarks() => _dataplane.KeepMarks();

    internal ImmutableArray<InterfaceStatus> Interfaces()
    {
        List<NetworkLink> links = _routes.Links();
        return
        [
            .. _dataplane.Interfaces.Select(attached => InterfaceChoice.Describe(attached, links)),
        ];
    }

    /// <summary>
    /// Where packets for the virtual servers come in, and where they leave: many drivers send out of an interface for XDP
    /// only when a program is attached to it as well.
    /// </summary>
    internal ImmutableArray<int> ChooseInterfaces(Configuration configuration, DirectorEngine engine)
    {
        List<NetworkLink> links = _routes.Links();
        List<InterfaceAddress> addresses = _routes.Addresses();
        var chosen = new SortedSet<int>(configuration.Global.DeadMansSwitch ? InterfaceChoice.Holding(configuration, links) : []);
        foreach (VirtualServerConfig virtualServer in configuration.VirtualServers)
        {
            foreach (IpAddress vip in virtualServer.Targets.Where(target => target.Address.Mark == 0).Select(target => target.Address.Address).Distinct())
            {
                chosen.UnionWith(IncomingFor(vip, configuration, engine.Ownership, links, addresses));
            }

            foreach (RealServerConfig server in virtualServer.RealServers)
            {
                if (engine.Reach(server.Address.Address) is Reachability.Via way)
                {
                    chosen.Add(way.NextHop.InterfaceIndex);
                }
            }
        }

        return [.. chosen];
    }

    /// <summary>Ends it all: nothing is forwarded any more, nothing stays pinned.</summary>
    internal void Purge() => _dataplane.Purge();

    /// <summary>Lets go of what this process holds; what is pinned goes on.</summary>
    public void Dispose()
    {
        _rates.Dispose();
        _watcher?.Dispose();
        _probes.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _routes.Dispose();
        _dataplane.Dispose();
    }

    private void TellNotes()
    {
        foreach (string line in _dataplane.TakeNotes())
        {
            _note(line);
        }
    }

    private static IEnumerable<int> IncomingFor(
        IpAddress vip,
        Configuration configuration,
        OwnershipMap ownership,
        List<NetworkLink> links,
        List<InterfaceAddress> addresses)
    {
        if (ownership.OwnerOf(vip) is { } owner)
        {
            VrrpInstanceConfig instance = configuration.Instances.First(candidate => candidate.Name == owner);
            IEnumerable<string> names = instance.HeldAddresses
                .Where(address => address.Prefix.Address == vip)
                .Select(address => address.Device ?? instance.Interface)
                .Append(instance.Interface);
            return links.Where(link => names.Contains(link.Name) && InterfaceChoice.CanAttach(link)).Select(link => link.Index);
        }

        return InterfaceChoice.Holding(vip, links, addresses);
    }
}
