using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;

namespace Pointsman.Dataplane.NextHops;

/* Keeps telling the way to each real server, from the kernel's route and neighbour tables.

   The data path bypasses the kernel's own sending, so nothing else keeps a neighbour entry alive: every few seconds the
   kernel is asked to confirm it, as if a packet had been sent. One thread of its own; the callback runs on it. */

/// <summary>Follows routes, addresses, links and neighbours for a set of addresses.</summary>
public sealed class ReachabilityWatcher : IDisposable
{
    /// <summary>How often a neighbour is confirmed; well below the kernel's own base_reachable_time of 30 s.</summary>
    private const int ConfirmIntervalMs = 5_000;

    private const uint MonitorToken = 1;
    private const uint StopToken = 2;
    private const uint WakeToken = 3;
    private const uint ErrorToken = 4;

    private readonly ImmutableArray<IpAddress> _servers;
    private readonly Action<ImmutableArray<(IpAddress Server, Reachability Way)>> _tell;
    private readonly Action<Exception> _fail;
    private readonly TimeSpan _patience;
    private readonly Dictionary<IpAddress, Reachability> _told = [];
    private readonly Dictionary<IpAddress, RouteAnswer?> _routes = [];
    private readonly WakeEvent _stop = new();
    private readonly WakeEvent _wake = new();
    private readonly Thread _thread;
    private volatile ImmutableHashSet<OuterProtocol> _heeded = [];

    /// <param name="servers">Whose ways are followed.</param>
    /// <param name="tell">Called with all that has changed at once (a router behind which all servers are), first of all with what is so at start.</param>
    /// <param name="fail">Called once if the kernel stops answering; the watcher has ended then.</param>
    /// <param name="patience">
    /// Before a server that has not answered yet is told of for the first time: whoever knows its hardware address from before would give
    /// up what is good, only because the kernel forgot it.
    /// </param>
    public ReachabilityWatcher(
        ImmutableArray<IpAddress> servers,
        Action<ImmutableArray<(IpAddress Server, Reachability Way)>> tell,
        Action<Exception> fail,
        TimeSpan patience = default)
    {
        _patience = patience;
        _servers = servers;
        _tell = tell;
        _fail = fail;
        _thread = new Thread(Run) { Name = "reachability", IsBackground = true };
    }

    public void Start() => _thread.Start();

    public void Dispose()
    {
        _stop.Signal();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _stop.Dispose();
        _wake.Dispose();
    }

    /// <summary>From now on a router that tells this node of too large packets of these protocols is heeded: the ways it speaks of get narrower.</summary>
    public void Heed(ImmutableHashSet<OuterProtocol> protocols)
    {
        if (!_heeded.SetEquals(protocols))
        {
            _heeded = protocols;
            _wake.Signal();
        }
    }

    /// <summary>The way to one address as the kernel's tables have it now; asks for nothing to be resolved.</summary>
    public static Reachability Look(RouteClient routes, IpAddress server) =>
        Look(routes.LookupRoute(server), routes.Links(), routes.FindNeighbour, server);

    private static Reachability Look(
        RouteAnswer? route, List<NetworkLink> links, Func<int, IpAddress, Neighbour?> neighbour, IpAddress server)
    {
        if (route is null)
        {
            return new Reachability.Unresolved("no route");
        }

        if (route.IsLocal)
        {
            return new Reachability.Local();
        }

        NetworkLink? link = links.Find(l => l.Index == route.InterfaceIndex);
        if (link is not { IsUsable: true, Mac: { } source })
        {
            return new Reachability.Unresolved($"{link?.Name ?? "its interface"} is down or has no Ethernet address");
        }

        IpAddress hop = route.Gateway ?? server;
        return neighbour(route.InterfaceIndex, hop) is { IsValid: true, Mac: { } target }
            ? new Reachability.Via(new NextHop(route.InterfaceIndex, source, target), OnLink: route.Gateway is null) { Source = route.Source, Mtu = Math.Min(link.Mtu, route.Mtu ?? link.Mtu) }
            : new Reachability.Unresolved($"{hop} does not answer {(hop.IsV4 ? "ARP" : "neighbour discovery")} on {link.Name}");
    }

    private void Run()
    {
        try
        {
            Follow();
        }
        catch (Exception broken)
        {
            // The edge of the thread: whoever owns us decides what a deaf director does.
            _fail(broken);
        }
    }

    private void Follow()
    {
        using var monitor = new NetworkMonitor(
            NetworkTopics.Links | NetworkTopics.Addresses | NetworkTopics.Routes | NetworkTopics.Neighbours);
        using var routes = new RouteClient();
        using var poll = new EventPoll();
        poll.Add(monitor.Descriptor, MonitorToken);
        poll.Add(_stop.Descriptor, StopToken);
        poll.Add(_wake.Descriptor, WakeToken);
        using var errors = new PathErrors(poll, ErrorToken);
        var events = new List<NetworkEvent>();
        Instant confirmAt = Instant.Zero;
        Instant patientUntil = MonotonicClock.Now + _patience;
        while (true)
        {
            errors.Follow(_heeded);
            Instant now = MonotonicClock.Now;
            if (now >= confirmAt)
            {
                // Rules of routing change without a word here.
                AskForRoutes(routes);
                Confirm(routes);
                confirmAt = now + TimeSpan.FromMilliseconds(ConfirmIntervalMs);
            }

            bool waits = LookAtAll(routes, isPatient: MonotonicClock.Now < patientUntil);
            int ready = poll.Wait(waits ? Math.Max((int)Math.Ceiling((patientUntil - MonotonicClock.Now).TotalMilliseconds), 1) : ConfirmIntervalMs);
            bool isTold = false;
            for (int i = 0; i < ready; i++)
            {
                switch (poll.Ready(i).Token)
                {
                    case StopToken:
                        return;
                    case WakeToken:
                        _wake.Acknowledge();
                        break;
                    case ErrorToken:
                        isTold = true;
                        break;
                    default:
                        break;
                }
            }

            if (isTold)
            {
                errors.Forget();
            }

            // What changed is hardly looked at: reading the few entries anew is cheaper than being wrong. Only routes are one to a
            // server, and neighbours, of which there is always news, change none.
            monitor.Receive(events);
            if (isTold || events.Exists(happened => happened is not (NetworkEvent.NeighbourChanged or NetworkEvent.NeighbourRemoved)))
            {
                AskForRoutes(routes);
            }

            events.Clear();
        }
    }

    private void AskForRoutes(RouteClient routes)
    {
        foreach (IpAddress server in _servers)
        {
            _routes[server] = routes.LookupRoute(server);
        }
    }

    private void Confirm(RouteClient routes)
    {
        // Many servers may be behind one router.
        var asked = new HashSet<(int, IpAddress)>();
        foreach (IpAddress server in _servers)
        {
            if (_routes[server] is { IsLocal: false } route
                && asked.Add((route.InterfaceIndex, route.Gateway ?? server)))
            {
                routes.TryProbeNeighbour(route.InterfaceIndex, route.Gateway ?? server);
            }
        }
    }

    /// <returns>A server that has not answered yet is given some time.</returns>
    private bool LookAtAll(RouteClient routes, bool isPatient)
    {
        List<NetworkLink> links = routes.Links();
        var found = new Dictionary<(int, IpAddress), Neighbour?>();
        Neighbour? Find(int index, IpAddress hop)
        {
            if (!found.TryGetValue((index, hop), out Neighbour? neighbour))
            {
                found[(index, hop)] = neighbour = routes.FindNeighbour(index, hop);
            }

            return neighbour;
        }

        var changed = ImmutableArray.CreateBuilder<(IpAddress, Reachability)>();
        bool waits = false;
        foreach (IpAddress server in _servers)
        {
            Reachability way = Look(_routes[server], links, Find, server);
            bool isKnown = _told.TryGetValue(server, out Reachability? before);
            if (!isKnown && isPatient && way is Reachability.Unresolved && _routes[server] is not null)
            {
                waits = true;
            }
            else if (!isKnown || before != way)
            {
                _told[server] = way;
                changed.Add((server, way));
            }
        }

        if (changed.Count > 0)
        {
            _tell(changed.ToImmutable());
        }

        return waits;
    }
}
