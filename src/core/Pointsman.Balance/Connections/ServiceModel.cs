using Pointsman.Balance.Schedulers;
using Pointsman.Base;

namespace Pointsman.Balance.Connections;

/// <summary>
/// One armed service, its servers, connections and persistence templates, with as much room as they need: what the data
/// path must do with each segment of a client, and the counts it must come to. Not modelled: a full table, ownership.
/// </summary>
public sealed class ServiceModel(
    SchedulerKind scheduler,
    PersistenceRule? persistence,
    ConnectionTimeouts timeouts,
    ServiceFlags flags = ServiceFlags.None,
    IpAddress virtualAddress = default)
{
    private readonly Dictionary<FlowKey, Connection> _connections = [];

    /// <summary>NAT: answers come back through the director.</summary>
    public bool SeesAnswers { get; init; }

    private readonly PersistenceTable? _templates = persistence is null ? null : new PersistenceTable(persistence);
    private readonly ServerBook _servers = new(scheduler, flags);

    public int ConnectionCount => _connections.Count;

    public ServerLoad LoadOf(int server) => _servers.LoadOf(server);

    public TcpState? StateOf(FlowKey key) => _connections.TryGetValue(key, out Connection? found) ? found.State : null;

    /// <summary>The server of a connection; null when there is no such connection.</summary>
    public int? ServerOf(FlowKey key) => _connections.TryGetValue(key, out Connection? found) ? found.Server : null;

    public void AddServer(int id, int weight) => AddServer(new WeightedServer(id, weight), default);

    public void AddServer(WeightedServer server, ConnectionLimits limits) => _servers.Add(server, limits);

    public void SetWeight(int id, int weight) => _servers.SetWeight(id, weight);

    /// <summary>The server is down or removed: its connections and clients are not its any more, but still counted.</summary>
    public void RemoveServer(int id) => _servers.Remove(id);

    public ConnectionOutcome OnSegment(Instant now, FlowKey key, TcpEvent segment)
    {
        Connection? known = _connections.GetValueOrDefault(key);
        if (known is null || now >= known.Expiry)
        {
            return segment == TcpEvent.Syn ? Schedule(now, key) : new ConnectionOutcome.NoConnection();
        }

        if (segment == TcpEvent.Syn && (TcpStateMachine.IsOver(known.State) || !_servers.IsUp(known.Server)))
        {
            return Schedule(now, key);
        }

        if (!_servers.IsUp(known.Server))
        {
            return new ConnectionOutcome.ServerGone();
        }

        Advance(now, known, segment, SeesAnswers ? TcpView.Input : TcpView.InputOnly);
        return new ConnectionOutcome.Forwarded(known.Server);
    }

    /// <summary>
    /// A datagram of a client. Unlike a segment it finds another server at once when its own is gone: there is nothing
    /// the two had agreed on.
    /// </summary>
    public ConnectionOutcome OnDatagram(Instant now, FlowKey key)
    {
        Connection? known = _connections.GetValueOrDefault(key);
        if (known is null || now >= known.Expiry || !_servers.IsUp(known.Server))
        {
            return ScheduleDatagram(now, key);
        }

        known.Expiry = now + timeouts.Udp;
        return new ConnectionOutcome.Forwarded(known.Server);
    }

    /// <summary>A segment that this server sends to that client.</summary>
    public ConnectionOutcome OnAnswer(Instant now, FlowKey key, int server, TcpEvent segment)
    {
        Invariant.That(SeesAnswers, "answers come back");
        if (_connections.GetValueOrDefault(key) is not { } known || now >= known.Expiry || known.Server != server)
        {
            return new ConnectionOutcome.NoConnection();
        }

        Advance(now, known, segment, TcpView.Output);
        return new ConnectionOutcome.Forwarded(server);
    }

    /// <summary>Retires what has expired; returns how many.</summary>
    public int Sweep(Instant now)
    {
        FlowKey[] expired = [.. _connections.Where(pair => now >= pair.Value.Expiry).Select(pair => pair.Key)];
        foreach (FlowKey key in expired)
        {
            Retire(key);
        }

        _templates?.Sweep(now);
        return expired.Length;
    }

    private ConnectionOutcome Schedule(Instant now, FlowKey key)
    {
        TcpState state = TcpStateMachine.Next(TcpState.None, TcpEvent.Syn);
        return Begin(now, key, server => new Connection(server) { State = state, Expiry = now + timeouts.Of(state) });
    }

    // Counted as inactive, as IPVS does.
    private ConnectionOutcome ScheduleDatagram(Instant now, FlowKey key) => flags.HasFlag(ServiceFlags.OnePacket)
        ? _servers.Pick(RequestOf(now, key)) is { } once
            ? new ConnectionOutcome.Forwarded(once)
            : new ConnectionOutcome.NoServer()
        : Begin(now, key, server => new Connection(server) { State = TcpState.None, Expiry = now + timeouts.Udp });

    private ConnectionOutcome Begin(Instant now, FlowKey key, Func<int, Connection> connect)
    {
        if ((BoundServer(now, key.Client) ?? _servers.Pick(RequestOf(now, key))) is not { } server)
        {
            return new ConnectionOutcome.NoServer();
        }

        // Bound before the old entry lets go: a template must not come to nothing in between.
        _templates?.Bind(now, key.Client, server);
        Retire(key);
        Connection begun = connect(server);
        _connections[key] = begun;
        _servers.Begin(server, TcpStateMachine.IsActive(begun.State));
        return new ConnectionOutcome.Forwarded(server);
    }

    private ConnectionRequest RequestOf(Instant now, FlowKey key) => new(key.Client, key.Port, virtualAddress, now);

    // A quiesced server (weight 0) keeps its clients; one that is down does not.
    private int? BoundServer(Instant now, IpAddress client) =>
        _templates?.ServerOf(now, client) is { } bound && _servers.IsUp(bound) ? bound : null;

    private void Advance(Instant now, Connection connection, TcpEvent segment, TcpView view)
    {
        TcpState next = TcpStateMachine.Next(connection.State, segment, view);
        _servers.Move(connection.Server, TcpStateMachine.IsActive(connection.State), TcpStateMachine.IsActive(next));
        connection.State = next;
        connection.Expiry = now + timeouts.Of(next);
    }

    private void Retire(FlowKey key)
    {
        if (_connections.Remove(key, out Connection? old))
        {
            _servers.End(old.Server, TcpStateMachine.IsActive(old.State));
            _templates?.Release(key.Client);
        }
    }

    private sealed class Connection(int server)
    {
        internal int Server { get; } = server;

        internal TcpState State { get; set; }

        internal Instant Expiry { get; set; }
    }
}
