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

    public ConnectionRules Rules { get; init; }

    /// <summary>A change holds from each connection's next packet on.</summary>
    public ConnectionTimeouts Timeouts { get; set; } = timeouts;

    private readonly PersistenceTable? _templates = persistence is null ? null : new PersistenceTable(persistence);
    private readonly ServerBook _servers = new(scheduler, flags);

    public int ConnectionCount => _connections.Count;

    public ServerLoad LoadOf(int server) => _servers.LoadOf(server);

    public TcpState? StateOf(FlowKey key) => (TcpState?)StateNumberOf(key);

    /// <summary>Of a service of SCTP.</summary>
    public SctpState? AssociationOf(FlowKey key) => (SctpState?)StateNumberOf(key);

    /// <summary>The server of a connection; null when there is no such connection.</summary>
    public int? ServerOf(FlowKey key) => _connections.TryGetValue(key, out Connection? found) ? found.Server : null;

    /// <summary>How long a connection is kept if nothing more comes; null when there is no such connection.</summary>
    public TimeSpan? LeftOf(FlowKey key, Instant now) =>
        _connections.TryGetValue(key, out Connection? found) && now < found.Expiry ? found.Expiry - now : null;

    /// <summary>The persistence templates, in no order.</summary>
    public IEnumerable<Binding> BindingsAt(Instant now) => _templates?.At(now) ?? [];

    public void AddServer(int id, int weight) => AddServer(new WeightedServer(id, weight), default);

    public void AddServer(WeightedServer server, ConnectionLimits limits) => _servers.Add(server, limits);

    public void SetWeight(int id, int weight) => _servers.SetWeight(id, weight);

    /// <summary>The server is down or removed: its connections and clients are not its any more, but still counted.</summary>
    public void RemoveServer(int id) => _servers.Remove(id);

    public ConnectionOutcome OnSegment(Instant now, FlowKey key, TcpEvent segment) => OnPacket(
        now, key, segment == TcpEvent.Syn, segment == TcpEvent.Reset, (int)TcpState.None,
        state => (int)TcpStateMachine.Next((TcpState)state, segment, ClientView));

    /// <summary>A packet of SCTP from a client.</summary>
    public ConnectionOutcome OnChunk(Instant now, FlowKey key, SctpEvent chunk) => OnPacket(
        now, key, chunk == SctpEvent.Init, chunk == SctpEvent.Abort, (int)SctpState.None,
        state => (int)SctpStateMachine.Next((SctpState)state, chunk, ClientView));

    /// <summary>
    /// A datagram of a client. Unlike a segment it finds another server at once when its own is gone: there is nothing
    /// the two had agreed on.
    /// </summary>
    /// <param name="payload">Read by services of <see cref="ServiceFlags.Calls"/>.</param>
    public ConnectionOutcome OnDatagram(Instant now, FlowKey key, ReadOnlySpan<byte> payload = default)
    {
        Connection? known = _connections.GetValueOrDefault(key);
        if (known is null || now >= known.Expiry || !_servers.IsUp(known.Server))
        {
            return ScheduleDatagram(now, key, IsByCall ? CallId.Of(payload) : null);
        }

        known.Expiry = now + Timeouts.Udp;
        return new ConnectionOutcome.Forwarded(known.Server);
    }

    /// <summary>A segment that this server sends to that client.</summary>
    public ConnectionOutcome OnAnswer(Instant now, FlowKey key, int server, TcpEvent segment) =>
        OnAnswer(now, key, server, state => (int)TcpStateMachine.Next((TcpState)state, segment, TcpView.Output));

    /// <summary>A datagram that this server sends to that client.</summary>
    public ConnectionOutcome OnAnswer(Instant now, FlowKey key, int server)
    {
        ConnectionOutcome outcome = OnAnswer(now, key, server, state => state);
        if (outcome is ConnectionOutcome.Forwarded)
        {
            _connections[key].Expiry = now + Timeouts.Udp;
            _templates?.Assure(key.Client, _connections[key].Call);
        }

        return outcome;
    }

    /// <summary>A packet of SCTP that this server sends to that client.</summary>
    public ConnectionOutcome OnAnswer(Instant now, FlowKey key, int server, SctpEvent chunk) =>
        OnAnswer(now, key, server, state => (int)SctpStateMachine.Next((SctpState)state, chunk, TcpView.Output));

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

    private bool IsByCall => _templates is not null && flags.HasFlag(ServiceFlags.Calls);

    private TcpView ClientView => SeesAnswers ? TcpView.Input : TcpView.InputOnly;

    private ConnectionOutcome OnPacket(
        Instant now, FlowKey key, bool begins, bool resets, int none, Func<int, int> next)
    {
        Connection? known = _connections.GetValueOrDefault(key);
        if (known is null || now >= known.Expiry)
        {
            bool mayBegin = begins || (Rules.HasFlag(ConnectionRules.Sloppy) && !resets);
            return mayBegin ? Schedule(now, key, next(none)) : new ConnectionOutcome.NoConnection();
        }

        if (begins && (IsReused(known.State) || !_servers.IsUp(known.Server) || IsLeft(known.Server)))
        {
            return Schedule(now, key, next(none));
        }

        if (!_servers.IsUp(known.Server))
        {
            if (!Rules.HasFlag(ConnectionRules.ExpireNodest))
            {
                return new ConnectionOutcome.ServerGone();
            }

            known.Expiry = now;
            return new ConnectionOutcome.NoConnection();
        }

        Advance(now, key, known, next(known.State));
        return new ConnectionOutcome.Forwarded(known.Server);
    }

    private ConnectionOutcome OnAnswer(Instant now, FlowKey key, int server, Func<int, int> next)
    {
        Invariant.That(SeesAnswers, "answers come back");
        if (_connections.GetValueOrDefault(key) is not { } known || now >= known.Expiry || known.Server != server)
        {
            return new ConnectionOutcome.NoConnection();
        }

        Advance(now, key, known, next(known.State));
        return new ConnectionOutcome.Forwarded(server);
    }

    // Not chosen is 1, IPVS's default. What a template controls goes on where it was.
    private bool IsReused(int state) => _templates is null && (ConnectionStates.IsOver(state)
        ? Rules.HasFlag(ConnectionRules.ReuseClosed) || !Rules.HasFlag(ConnectionRules.ReuseChosen)
        : state == (int)TcpState.FinWait && Rules.HasFlag(ConnectionRules.ReuseFinWait) && !SeesAnswers);

    private bool IsLeft(int server) =>
        Rules.HasFlag(ConnectionRules.ExpireNodest) && _servers.IsQuiesced(server) && _templates is null;

    private int? StateNumberOf(FlowKey key) => _connections.TryGetValue(key, out Connection? found) ? found.State : null;

    private TimeSpan TimeoutOf(int state) => ConnectionStates.IsSctp(state)
        ? ConnectionTimeouts.Of((SctpState)state)
        : Timeouts.Of((TcpState)state);

    private ConnectionOutcome Schedule(Instant now, FlowKey key, int state) =>
        IsByCall ? new ConnectionOutcome.NoCallId()
        : Begin(now, key, null, server => new Connection(server) { State = state, Expiry = now + TimeoutOf(state) });

    // Counted as inactive, as IPVS does.
    private ConnectionOutcome ScheduleDatagram(Instant now, FlowKey key, string? call) =>
        IsByCall && call is null ? new ConnectionOutcome.NoCallId()
        : flags.HasFlag(ServiceFlags.OnePacket) ? Once(now, key, call)
        : Begin(now, key, call, server => new Connection(server) { State = (int)TcpState.None, Expiry = now + Timeouts.Udp, Call = call });

    // Without a connection, but the client is bound by it.
    private ConnectionOutcome Once(Instant now, FlowKey key, string? call)
    {
        if (ServerFor(now, key, call) is not { } server)
        {
            return new ConnectionOutcome.NoServer();
        }

        _templates?.Bind(now, key.Client, server, call);
        _templates?.Release(key.Client, call);
        return new ConnectionOutcome.Forwarded(server);
    }

    private ConnectionOutcome Begin(Instant now, FlowKey key, string? call, Func<int, Connection> connect)
    {
        if (ServerFor(now, key, call) is not { } server)
        {
            return new ConnectionOutcome.NoServer();
        }

        // Bound before the old entry lets go: a template must not come to nothing in between.
        _templates?.Bind(now, key.Client, server, call);
        Retire(key);
        Connection begun = connect(server);
        _connections[key] = begun;
        _servers.Begin(server, ConnectionStates.IsActive(begun.State));
        AssureBy(key, begun.State);
        return new ConnectionOutcome.Forwarded(server);
    }

    private int? ServerFor(Instant now, FlowKey key, string? call) => BoundServer(now, key.Client, call) ?? _servers.Pick(RequestOf(now, key));

    private ConnectionRequest RequestOf(Instant now, FlowKey key) =>
        new(key.Client, key.Port, key.Asked?.Address ?? virtualAddress, now);

    // A quiesced server (weight 0) keeps its clients unless the rules say otherwise; one that is down does not.
    private int? BoundServer(Instant now, IpAddress client, string? call) =>
        _templates?.ServerOf(now, client, call) is { } bound && _servers.IsUp(bound)
            && !(Rules.HasFlag(ConnectionRules.ExpireQuiescent) && _servers.IsQuiesced(bound))
            ? bound
            : null;

    private void AssureBy(FlowKey key, int state)
    {
        if (state is (int)TcpState.Established or (int)SctpState.Established)
        {
            _templates?.Assure(key.Client);
        }
    }

    private void Advance(Instant now, FlowKey key, Connection connection, int next)
    {
        AssureBy(key, next);
        _servers.Move(connection.Server, ConnectionStates.IsActive(connection.State), ConnectionStates.IsActive(next));
        connection.State = next;
        connection.Expiry = now + TimeoutOf(next);
    }

    private void Retire(FlowKey key)
    {
        if (_connections.Remove(key, out Connection? old))
        {
            _servers.End(old.Server, ConnectionStates.IsActive(old.State));
            _templates?.Release(key.Client, old.Call);
        }
    }

    private sealed class Connection(int server)
    {
        internal int Server { get; } = server;

        /// <summary>Of TCP or SCTP.</summary>
        internal int State { get; set; }

        internal Instant Expiry { get; set; }

        internal string? Call { get; init; }
    }
}
