using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Tests.Effective;

/// <summary>Configurations that a file could say, from a seed: every field takes values of its range.</summary>
internal sealed class RandomConfiguration(ulong seed)
{
    private const string Letters = "abXY09-_./ #!{}'@~=$";

    private readonly Prng _random = new(seed);

    public Configuration Make()
    {
        ImmutableArray<VrrpScriptConfig> scripts = Several(4, Script);
        ImmutableArray<VrrpInstanceConfig> instances = Several(5, index => Instance(index, scripts));
        return new Configuration
        {
            Global = Global(),
            Scripts = scripts,
            Instances = instances,
            SyncGroups = instances.Length > 1 && Maybe()
                ? [new SyncGroupConfig(Name("group", 0), default) { Members = [.. instances.Select(instance => instance.Name)] }]
                : [],
            VirtualServers = Several(4, VirtualServer),
        };
    }

    private GlobalDefinitions Global() => new()
    {
        RouterId = Maybe() ? Text() : null,
        Mail = Mail(),
        ScriptUser = "nobody",
        ScriptGroup = Maybe() ? "daemon" : null,
        EnableScriptSecurity = Maybe(),
        DeadMansSwitch = Maybe(),
        CheckerLogAllFailures = false,
        RsInitNotifies = Maybe(),
        ConnectionTable = Maybe() ? 1024 + _random.NextInt(1 << 20) : GlobalDefinitions.ConnectionTableDefault,
        Umask = Maybe() ? new FileModeMask((uint)_random.NextInt(512)) : null,
        LvsTimeouts = Maybe() ? new LvsTimeoutsConfig(Maybe() ? Whole() : null, null, Whole()) : null,
    };

    private MailConfig Mail()
    {
        MailSecurity security = (MailSecurity)_random.NextInt(3);
        return new MailConfig
        {
            To = Several(3, index => $"u{index}@example.net"),
            From = Maybe() ? "from@example.net" : null,
            Server = Maybe() ? "10.1.2.3" : null,
            ConnectTimeout = Seconds(1, 4294),
            HeloName = Maybe() ? "me" : null,
            Alert = Maybe() ? Maybe() : null,
            AlertVrrp = Maybe() ? Maybe() : null,
            AlertChecker = Maybe() ? Maybe() : null,
            NoFaults = Maybe(),
            NoCheckers = Maybe(),
            Security = security,
            TlsName = Maybe() ? "mail.example" : null,
            TlsCertificates = Maybe() ? "/etc/ca.pem" : null,
            Login = security != MailSecurity.Off && Maybe() ? new MailLoginConfig(Text(), "/etc/password", default) : null,
        };
    }

    private VrrpScriptConfig Script(int index) => new(Name("script", index), default)
    {
        Command = ["/bin/true", .. Several(4, _ => Text())],
        Interval = Seconds(1, 100),
        Timeout = Maybe() ? Seconds(1, 100) : null,
        Weight = _random.NextInt(507) - 253,
        Rise = 1 + _random.NextInt(9),
        Fall = 1 + _random.NextInt(9),
        User = Maybe() ? "nobody" : null,
    };

    private VrrpInstanceConfig Instance(int index, ImmutableArray<VrrpScriptConfig> scripts)
    {
        bool startsAsMaster = Maybe();
        var priority = (byte)(1 + _random.NextInt(255));
        string? authPass = Maybe() ? Text()[..1] + "secret" : null;
        return new VrrpInstanceConfig(Name("instance", index), default)
        {
            StartsAsMaster = startsAsMaster,
            Interface = $"eth{index}",
            VirtualRouterId = (byte)(1 + _random.NextInt(255)),
            Priority = priority,
            AdvertInterval = TimeSpan.FromSeconds(1 + _random.NextInt(40)),
            AuthPass = authPass,
            Adverts = Adverts(index, authPass is not null),
            Nopreempt = !startsAsMaster && priority < 255 && Maybe(),
            McastSrcIp = Maybe() ? Address(9, index) : null,
            GarpMasterDelay = Seconds(0, 4294),
            GarpMasterRepeat = 1 + _random.NextInt(1000),
            VirtualAddresses = [VirtualAddress(index, 0), .. Several(4, line => VirtualAddress(index, line + 1))],
            TrackScripts = [.. scripts.Where(_ => Maybe()).Select(script => new TrackedScriptConfig(script.Name, Maybe() ? 5 : null, default))],
            Notify = new NotifyConfig
            {
                Any = Notify(),
                Master = Notify(),
                Deleted = Notify(),
                LowerPriorityHeard = Notify(),
                PriorityChanges = Maybe() ? Maybe() : null,
            },
            TrackInterfaces = Several(3, line => new TrackedInterfaceConfig($"en{line}", _random.NextInt(507) - 253, default)),
        };
    }

    private NotifyScriptConfig? Notify() => Maybe() ? null
        : new NotifyScriptConfig(["/bin/true", .. Several(4, _ => Text())], "nobody", Maybe() ? "daemon" : null, default);

    private AdvertConfig Adverts(int index, bool hasPassword) => new()
    {
        Version = (byte)(hasPassword || Maybe() ? 2 : 3),
        UsesAuthenticationHeader = hasPassword && Maybe(),
        UnicastSource = Maybe() ? Address(8, index) : null,
        UnicastPeers = Several(3, line => new UnicastPeerConfig(
            Address(7, line), Maybe() ? (byte)_random.NextInt(256) : null, Maybe() ? (byte)_random.NextInt(256) : null, default)),
        UnicastFaultNoPeer = Maybe(),
        UnicastTtl = (byte)_random.NextInt(256),
        CheckUnicastSource = Maybe(),
        MulticastDestination = Maybe() ? IpAddress.FromV4Bits(0xe000_0013) : null,
        TrackSource = Maybe(),
        SkipAddressCheck = Maybe(),
        ChecksumAsVersion2 = Maybe(),
        DownTimerAdverts = 1 + _random.NextInt(100),
    };

    private VirtualAddressConfig VirtualAddress(int index, int line) =>
        new(new IpPrefix(Address(index, line), 1 + _random.NextInt(32)), Maybe() ? "eth9" : null, Maybe() ? $"eth{index}:{line}" : null, default)
        {
            Broadcast = Maybe() ? Address(index, 255) : null,
            Scope = (byte)(Maybe() ? 253 : 0),
        };

    private VirtualServerConfig VirtualServer(int index)
    {
        var address = new TransportEndpoint(Address(100, index), (ushort)(1 + _random.NextInt(65535)));
        var mask = V4Mask.FromBits((uint)_random.NextInt(int.MaxValue));
        return new VirtualServerConfig(address, default)
        {
            DelayLoop = Seconds(1, 4294),
            Algorithm = (LoadBalanceAlgorithm)_random.NextInt(Enum.GetValues<LoadBalanceAlgorithm>().Length),
            PersistenceTimeout = Maybe() ? TimeSpan.FromSeconds(1 + _random.NextInt(2678400)) : null,
            PersistencePrefixLength = mask.Length,
            PersistenceGaps = mask.Gaps,
            RealServers =
            [
                .. Enumerable.Range(0, 1 + _random.NextInt(5)).Select(line =>
                    new RealServerConfig(address with { Address = Address(200, line) }, default)
                    {
                        Weight = _random.NextInt(65536),
                        Checks = Several(3, _ => Check()),
                    }),
            ],
        };
    }

    private CheckerConfig Check()
    {
        CheckerConfig check = _random.NextInt(7) switch
        {
            0 => new TcpCheckConfig(default(SourceSpan)),
            1 => new SmtpCheckConfig(default(SourceSpan)) { HeloName = "helo.example" },
            2 => new DnsCheckConfig(default(SourceSpan)) { Type = "MX", Name = Maybe() ? "." : "a.example" },
            3 => new PingCheckConfig(default(SourceSpan)),
            4 => Udp(),
            5 => Misc(),
            _ => Http(),
        };
        if (check is MiscCheckConfig)
        {
            return check with { Retry = _random.NextInt(9), DelayBeforeRetry = Seconds(0, 4294), Alpha = Maybe(), LogAllFailures = Maybe() };
        }

        return check with
        {
            ConnectIp = Maybe() ? Address(1, 1) : null,
            ConnectPort = Maybe() ? (ushort)(1 + _random.NextInt(65535)) : null,
            BindTo = Maybe() ? Address(1, 2) : null,
            BindPort = Maybe() ? (ushort)(1 + _random.NextInt(65535)) : null,
            BindInterface = Maybe() ? "eth7" : null,
            FirewallMark = Maybe() ? 7u : 0,
            ConnectTimeout = Seconds(1, 4294),
            Retry = _random.NextInt(1000),
            DelayBeforeRetry = Seconds(0, 4294),
            DelayLoop = Maybe() ? Seconds(1, 4294) : null,
            Warmup = Maybe() ? Seconds(0, 4294) : null,
            Alpha = Maybe(),
            LogAllFailures = Maybe(),
        };
    }

    private UdpCheckConfig Udp() => new(default(SourceSpan))
    {
        Payload = Maybe() ? [0, 255] : [],
        RequireReply = true,
        Reply = [0x10, 0x02],
        ReplyMask = [0, 0],
        MinReplyLength = _random.NextInt(10),
        MaxReplyLength = Maybe() ? 10 : null,
    };

    private MiscCheckConfig Misc() => new(default(SourceSpan))
    {
        Command = ["/bin/true", .. Several(4, _ => Text())],
        Timeout = Maybe() ? Seconds(1, 100) : null,
        IsDynamic = Maybe(),
        User = Maybe() ? "nobody" : null,
    };

    private HttpCheckConfig Http() => new(default, Maybe())
    {
        HttpProtocol = Maybe() ? "1.0C" : "1.1",
        VirtualHost = Maybe() ? "www.example:81" : null,
        EnableSni = Maybe(),
        SniName = Maybe() ? "sni.example" : null,
        FastRecovery = Maybe(),
        TlsCompliant = Maybe(),
        Urls = [Url(), .. Several(3, _ => Url())],
    };

    private HttpUrlConfig Url() => new(default(SourceSpan))
    {
        Path = "/" + _random.NextInt(9),
        Digest = Maybe() ? "0123456789abcdef0123456789abcdef" : null,
        StatusCodes = Several(3, index => (200 + index, 299 + _random.NextInt(300))),
        VirtualHost = Maybe() ? "url.example" : null,
        Regex = "^" + Text() + "\\d+$",
        RegexOptions = Maybe() ? ["caseless", "dotall"] : [],
        RegexNoMatch = Maybe(),
        RegexMinOffset = _random.NextInt(10),
        RegexMaxOffset = Maybe() ? 10 : null,
        TlsCompliant = Maybe(),
    };

    private bool Maybe() => _random.NextInt(2) == 0;

    private ImmutableArray<T> Several<T>(int limit, Func<int, T> make) =>
        [.. Enumerable.Range(0, _random.NextInt(limit)).Select(make)];

    // With all digits that keepalived's timers resolve.
    private TimeSpan Whole() => TimeSpan.FromSeconds(1 + _random.NextInt(2_678_400));

    private TimeSpan Seconds(int least, int limit) =>
        TimeSpan.FromSeconds(least + _random.NextInt(limit - least)) + TimeSpan.FromMicroseconds(Maybe() ? _random.NextInt(1_000_000) : 0);

    private static IpAddress Address(int third, int fourth) => IpAddress.Parse($"10.0.{third}.{fourth}");

    private string Name(string kind, int index) => Maybe() ? $"{kind}{index}" : $"{Text()} {kind}{index}";

    private string Text() => string.Concat(Enumerable.Range(0, 1 + _random.NextInt(8)).Select(_ => Letters[_random.NextInt(Letters.Length)]));
}
