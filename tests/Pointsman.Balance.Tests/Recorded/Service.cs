using Pointsman.Balance.Connections;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;

namespace Pointsman.Balance.Tests.Recorded;

/// <summary>A service of a scenario: the model, and the names that the scenario has for its servers.</summary>
internal sealed class Service
{
    private readonly Dictionary<string, int> _ids = [];
    private readonly SortedDictionary<string, int> _up = new(StringComparer.Ordinal);
    private readonly Dictionary<int, (int Connections, int Packets)> _passed = [];
    private readonly HashSet<FlowKey> _seen = [];
    private readonly ConnectionTimeouts _timeouts;
    private readonly ConnectionRules _rules;
    private readonly bool _isUdp;

    public Service(string address, Options options, ConnectionTimeouts timeouts, ConnectionRules rules)
    {
        _rules = rules;
        Address = address;
        _timeouts = timeouts;
        Rule = options["-p"] is null ? null : new PersistenceRule(
            TimeSpan.FromSeconds(options.Number("-p", 0)), PrefixOf(options["-M"] ?? "255.255.255.255"));
        Scheduler = Enum.Parse<SchedulerKind>(options["-s"]!, ignoreCase: true);
        Flags = FlagsOf(options["-b"]) | (options.Has("-o") ? ServiceFlags.OnePacket : ServiceFlags.None);
        _isUdp = options.Has("-u");
        Model = Create(seesAnswers: false);
    }

    public string Address { get; }

    public PersistenceRule? Rule { get; }

    public ServiceModel Model { get; private set; }

    private SchedulerKind Scheduler { get; }

    private ServiceFlags Flags { get; }

    public int IdOf(string server) => _ids.TryGetValue(server, out int id) ? id : _ids[server] = _ids.Count + 1;

    public void Add(string server, Options options)
    {
        if (options.Has("-m"))
        {
            Assert.Empty(_ids);
            Model = Create(seesAnswers: true);
        }

        int weight = options.Number("-w", 1);
        _up[server] = weight;
        Model.AddServer(
            new WeightedServer(IdOf(server), weight) { Address = EndpointOf(server) },
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

    /// <param name="segment">Null: a datagram.</param>
    public void Take(Instant now, FlowKey key, TcpEvent? segment)
    {
        bool isKnown = Model.ServerOf(key) is not null;
        ConnectionOutcome outcome =
            segment is { } heard ? Model.OnSegment(now, key, heard) : Model.OnDatagram(now, key);
        _seen.Add(key);
        if (outcome is ConnectionOutcome.Forwarded(int server))
        {
            (int connections, int packets) = _passed.GetValueOrDefault(server);
            _passed[server] = (isKnown ? connections : connections + 1, packets + 1);
        }
    }

    public IEnumerable<string> Connections() =>
        from key in _seen
        let state = Model.StateOf(key)
        where state is not null
        let server = _ids.Single(pair => pair.Value == Model.ServerOf(key)).Key
        let name = _isUdp ? "UDP UDP" : $"TCP {TcpStateMachine.NameOf(state.Value)}"
        select $"{name} {key.Client}:{key.Port} {Address} {server}";

    public IEnumerable<string> Servers() =>
        from pair in _up
        let load = Model.LoadOf(IdOf(pair.Key))
        select $"{pair.Key} {pair.Value} {load.Active} {load.Inactive}";

    /// <summary>Connections and packets that went to each server.</summary>
    public IEnumerable<string> Passed() =>
        from server in _up.Keys
        let passed = _passed.GetValueOrDefault(IdOf(server))
        select $"{server} {passed.Connections} {passed.Packets}";

    private ServiceModel Create(bool seesAnswers) =>
        new(Scheduler, Rule, _timeouts, Flags, EndpointOf(Address).Address) { SeesAnswers = seesAnswers, Rules = _rules };

    private static TransportEndpoint EndpointOf(string text) => new(
        IpAddress.Parse(text[..text.IndexOf(':')]), (ushort)ScenarioPlayer.Number(text[(text.IndexOf(':') + 1)..]));

    private static int PrefixOf(string mask) => System.Numerics.BitOperations.PopCount(IpAddress.Parse(mask).V4Bits);

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
