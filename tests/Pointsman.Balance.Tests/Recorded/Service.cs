using Pointsman.Balance.Connections;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;
using Pointsman.Tests;

namespace Pointsman.Balance.Tests.Recorded;

/// <summary>A service of a scenario: the model, and the names that the scenario has for its servers.</summary>
internal sealed class Service : IComparable<Service>
{
    private readonly Dictionary<string, int> _ids = [];
    private readonly SortedDictionary<string, int> _up = new(StringComparer.Ordinal);
    private readonly Dictionary<int, (int Connections, int Packets)> _passed = [];
    private readonly HashSet<FlowKey> _seen = [];
    private readonly ConnectionTimeouts _timeouts;
    private readonly ConnectionRules _rules;
    private readonly TransportEndpoint _address;
    private readonly TransportProtocol? _protocol;

    public Service(string name, Options options, ConnectionTimeouts timeouts, ConnectionRules rules)
    {
        Name = name;
        _rules = rules;
        _timeouts = timeouts;
        _protocol = options.Has("-f") ? null
            : options.Has("-u") ? TransportProtocol.Udp
            : options.Has("--sctp-service") ? TransportProtocol.Sctp : TransportProtocol.Tcp;
        _address = options["-f"] is { } mark
            ? TransportEndpoint.OfMark((uint)ScenarioWords.Number(mark), options.Has("-6") ? IpFamily.V6 : IpFamily.V4)
            : ScenarioWords.End(name.Split(' ')[1]);
        Rule = options["-p"] is null ? null : new PersistenceRule(
            TimeSpan.FromSeconds(options.Number("-p", 0)),
            options["-M"] is { } mask ? MaskOf(mask).Length : _address.Address.LengthBits)
        {
            Gaps = options["-M"] is { } gaps ? MaskOf(gaps).Gaps : 0,
        };
        Scheduler = Enum.Parse<SchedulerKind>(options["-s"]!, ignoreCase: true);
        Flags = FlagsOf(options["-b"]) | (options.Has("-o") ? ServiceFlags.OnePacket : ServiceFlags.None);
        Model = Create(seesAnswers: false);
    }

    public string Name { get; }

    public PersistenceRule? Rule { get; }

    public ServiceModel Model { get; private set; }

    private SchedulerKind Scheduler { get; }

    private ServiceFlags Flags { get; }

    public void Add(string server, Options options)
    {
        if (options.Has("-m") && !Model.SeesAnswers)
        {
            Assert.Empty(_ids);
            Model = Create(seesAnswers: true);
        }

        int weight = options.Number("-w", 1);
        _up[server] = weight;
        Model.AddServer(
            new WeightedServer(IdOf(server), weight) { Address = ScenarioWords.End(server) },
            new ConnectionLimits(options.Number("-x", 0), options.Number("-y", 0)));
    }

    public void Edit(string server, Options options)
    {
        _up[server] = options.Number("-w", 1);
        Model.SetWeight(IdOf(server), _up[server]);
    }

    public void Delete(string server)
    {
        _up.Remove(server);
        Model.RemoveServer(IdOf(server));
    }

    /// <param name="kind">Of the packet, in the scenario's words.</param>
    public void Take(Instant now, string kind, TransportEndpoint client, TransportEndpoint asked)
    {
        FlowKey key = KeyOf(client, asked, ScenarioWords.ProtocolOf(kind));
        bool isAnew = kind is "S" or "INIT" && Rule is null;
        bool isKnown = Model.ServerOf(key) is not null && !(isAnew && ConnectionStates.IsOver(StateOf(key)));
        ConnectionOutcome outcome = key.Protocol switch
        {
            TransportProtocol.Udp => Model.OnDatagram(now, key),
            TransportProtocol.Sctp => Model.OnChunk(now, key, ChunkOf(kind)),
            _ => Model.OnSegment(now, key, SegmentOf(kind)),
        };
        _seen.Add(key);
        if (outcome is ConnectionOutcome.Forwarded(int server))
        {
            (int connections, int packets) = _passed.GetValueOrDefault(server);
            _passed[server] = (isKnown ? connections : connections + 1, packets + 1);
        }
    }

    /// <summary>False: none of its connections is with this server.</summary>
    public bool TryAnswer(Instant now, string kind, TransportEndpoint server, TransportEndpoint client)
    {
        TransportProtocol protocol = ScenarioWords.ProtocolOf(kind);
        FlowKey[] found = [.. _seen.Where(key => key.Client == client.Address && key.Port == client.Port && key.Protocol == protocol
            && Model.ServerOf(key) is { } id && NameOf(id, key.Asked!.Value) == server.ToString())];
        if (found is not [FlowKey only])
        {
            return false;
        }

        int with = Model.ServerOf(only)!.Value;
        ConnectionOutcome outcome = protocol switch
        {
            TransportProtocol.Udp => Model.OnAnswer(now, only, with),
            TransportProtocol.Sctp => Model.OnAnswer(now, only, with, ChunkOf(kind)),
            _ => Model.OnAnswer(now, only, with, SegmentOf(kind)),
        };
        return outcome is ConnectionOutcome.Forwarded;
    }

    public IEnumerable<ConnectionRow> Connections(Instant now)
    {
        foreach (FlowKey key in _seen)
        {
            if (Model.LeftOf(key, now) is { } left)
            {
                (TransportEndpoint asked, TransportProtocol protocol) = (key.Asked!.Value, key.Protocol!.Value);
                string state = ConnectionStates.NameOf(protocol, StateOf(key));
                var client = new TransportEndpoint(key.Client, key.Port);
                yield return new ConnectionRow(
                    protocol.UpperCaseName(), left, $"{state} {client} {asked} {NameOf(Model.ServerOf(key)!.Value, asked)}");
            }
        }

        string target = _address.Mark == 0 ? $"{_address}"
            : _address.Address.IsV4 ? $"{IpAddress.FromV4Bits(_address.Mark)}:0" : $"[0:{_address.Mark:x}::]:0";
        foreach (Binding binding in Model.BindingsAt(now))
        {
            var network = new TransportEndpoint(binding.Network, 0);
            string server = _ids.Single(pair => pair.Value == binding.Server).Key;
            yield return new ConnectionRow(
                _protocol?.UpperCaseName() ?? "IP", binding.Left, $"{(binding.IsAssured ? "ASSURED" : "NONE")} {network} {target} {server}");
        }
    }

    public IEnumerable<string> Servers() =>
        from pair in _up
        let load = Model.LoadOf(IdOf(pair.Key))
        select $"{pair.Key} {pair.Value} {load.Active} {load.Inactive}";

    /// <summary>Connections and packets that went to each server.</summary>
    public IEnumerable<string> Passed() =>
        from server in _up.Keys
        let passed = _passed.GetValueOrDefault(IdOf(server))
        select $"{server} {passed.Connections} {passed.Packets}";

    /// <summary>Its weight, the templates that name it, and its connections.</summary>
    public IEnumerable<string> Persistent(Instant now) =>
        from pair in _up
        let load = Model.LoadOf(IdOf(pair.Key))
        let templates = Model.BindingsAt(now).Count(binding => binding.Server == IdOf(pair.Key))
        select $"{pair.Key} {pair.Value} {templates} {load.Active} {load.Inactive}";

    /// <summary>As ipvsadm lists them.</summary>
    public int CompareTo(Service? other) => other is null ? 1 : Order.CompareTo(other.Order);

    private (uint Mark, IpFamily Family, TransportProtocol? Protocol, TransportEndpoint Address) Order =>
        (_address.Mark, _address.Address.Family, _protocol, _address);

    private int StateOf(FlowKey key) =>
        key.Protocol == TransportProtocol.Sctp ? (int)Model.AssociationOf(key)! : (int)Model.StateOf(key)!;

    private int IdOf(string server) => _ids.TryGetValue(server, out int id) ? id : _ids[server] = _ids.Count + 1;

    // A server without a port of its own has the client's.
    private string NameOf(int id, TransportEndpoint asked)
    {
        TransportEndpoint server = ScenarioWords.End(_ids.Single(pair => pair.Value == id).Key);
        return $"{(server.Port == 0 ? server with { Port = asked.Port } : server)}";
    }

    private static FlowKey KeyOf(TransportEndpoint client, TransportEndpoint asked, TransportProtocol protocol) =>
        new(client.Address, client.Port) { Asked = asked, Protocol = protocol };

    private ServiceModel Create(bool seesAnswers) =>
        new(Scheduler, Rule, _timeouts, Flags, _address.Address) { SeesAnswers = seesAnswers, Rules = _rules };

    private static TcpEvent SegmentOf(string letters) => TcpStateMachine.EventOf(
        letters.Aggregate(TcpFlags.None, (sum, letter) => sum | letter switch
        {
            'S' => TcpFlags.Syn,
            'A' => TcpFlags.Ack,
            'F' => TcpFlags.Fin,
            'R' => TcpFlags.Reset,
            _ => TcpFlags.None,
        }));

    // IPVS looks at the first chunk, and behind a cookie for an abort.
    private static SctpEvent ChunkOf(string kind) => SctpStateMachine.EventOf(ScenarioWords.ChunksOf(kind)[^1]);

    private static V4Mask MaskOf(string mask) => mask.Contains('.', StringComparison.Ordinal)
        ? V4Mask.FromBits(IpAddress.Parse(mask).V4Bits)
        : new V4Mask(ScenarioWords.Number(mask), 0);

    private static ServiceFlags FlagsOf(string? names) => (names ?? "").Split(',').Aggregate(
        ServiceFlags.None,
        (sum, name) => sum | name switch
        {
            "" => ServiceFlags.None,
            "sh-port" or "mh-port" => ServiceFlags.Port,
            "sh-fallback" or "mh-fallback" => ServiceFlags.Fallback,
            _ => throw new ArgumentException(name),
        });
}
