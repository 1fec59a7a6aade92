using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary><c>real_server</c>.</summary>
internal static class RealServerGrammar
{
    public static BlockGrammar<RealServerConfig> Block { get; } = new("real_server",
    [
        new("weight", Argument.Number(0, Limits.WeightMost), "its share; 0 takes no new connections", (server, setting) =>
            server with { Weight = setting.Whole })
        { Default = "1" },

        new("lvs_method", ForwardingKind.Argument, "how packets reach it", (server, setting) =>
            server with { Kind = ForwardingKind.Of(setting), GuePort = setting.Value.Port })
        { Default = "the virtual server's lb_kind" },

        new("uthreshold", Argument.Number(0, Limits.ConnectionsMost), "with so many connections it gets no more",
            (server, setting) => server with { UpperThreshold = setting.Whole })
        { Default = "0, no limit" },

        new("lthreshold", Argument.Number(0, Limits.ConnectionsMost), "with fewer it gets some again",
            (server, setting) => server with { LowerThreshold = setting.Whole })
        { Default = "three quarters of uthreshold" },

        new("inhibit_on_failure", Argument.Boolean, "a failure leaves it its place and its connections, with weight 0", (server, setting) =>
            server with { InhibitOnFailure = setting.Value.IsOn })
        { Default = "the virtual server's" },

        new("notify_up", Argument.Texts(NotifyLine.Form), "runs when it rises", (server, setting) =>
            server with { NotifyUp = NotifyLine.Read(setting) })
        { Default = "nothing runs" },

        new("notify_down", Argument.Texts(NotifyLine.Form), "runs when it falls", (server, setting) =>
            server with { NotifyDown = NotifyLine.Read(setting) })
        { Default = "nothing runs" },

        .. CheckTimeRows.Of<RealServerConfig>(With, CheckTimeDefaults.RealServer),
        CheckTimeRows.DelayLoop<RealServerConfig>(With),

        new("virtualhost", Argument.Text("a host name"), "the host that HTTP_GET asks for", (server, setting) =>
            server with { VirtualHost = setting.Value.Text })
        { Default = "the virtual server's" },

        Checker("TCP_CHECK", "alive when a connection can be opened", TcpCheckGrammar.Block, place => new TcpCheckConfig(place)),
        Checker("HTTP_GET", "alive when pages are as they should be", HttpCheckGrammar.Http, place => new HttpCheckConfig(place, IsTls: false)),
        Checker("SSL_GET", "the same over TLS", HttpCheckGrammar.Tls, place => new HttpCheckConfig(place, IsTls: true)),
        new("SMTP_CHECK", Argument.Nothing, "alive when a mail server answers", TakeSmtp)
        { Opens = OtherCheckGrammar.Smtp, IsRepeatable = true },
        Checker("DNS_CHECK", "alive when a name server answers", OtherCheckGrammar.Dns, place => new DnsCheckConfig(place)),
        Checker("UDP_CHECK", "alive when a datagram is answered, or not refused", OtherCheckGrammar.Udp, place => new UdpCheckConfig(place)),
        Checker("PING_CHECK", "alive when an echo comes back", OtherCheckGrammar.Ping, place => new PingCheckConfig(place)),
        Checker("MISC_CHECK", "alive when a command says so", OtherCheckGrammar.Misc, place => new MiscCheckConfig(place)),

        Checker("FILE_CHECK", "alive when a file says so; the file may also move its weight", OtherCheckGrammar.File, place => new FileCheckConfig(place)),

        Checker("BFD_CHECK", "alive while BFD says that its path is up", OtherCheckGrammar.Bfd, place => new BfdCheckConfig(place)),

        new("smtp_alert", Argument.Boolean, "mail when it falls or rises", (server, setting) => server with { SmtpAlert = setting.Value.IsOn })
        { Default = "the virtual server's, then smtp_alert_checker of global_defs; else on" },
    ])
    {
        Blank = () => new RealServerConfig(default, default),
    };

    private static Keyword<RealServerConfig> Checker<T>(string name, string meaning, BlockGrammar<T> grammar, Func<SourceSpan, T> blank)
        where T : CheckerConfig =>
        new(name, Argument.Nothing, meaning, (server, setting) =>
            server with { Checks = server.Checks.Add(CheckerRules.Check(setting.Bind(grammar, blank(setting.Statement.HeaderSpan)), setting.Sink)) })
        { Opens = grammar, IsRepeatable = true };

    private static RealServerConfig TakeSmtp(RealServerConfig server, Setting setting)
    {
        Bound<SmtpCheckConfig> bound = setting.Bind(OtherCheckGrammar.Smtp, new SmtpCheckConfig(setting.Statement.HeaderSpan));
        return server with { Checks = server.Checks.AddRange(SmtpHosts.Each(CheckerRules.Check(bound, setting.Sink))) };
    }

    private static RealServerConfig With(RealServerConfig server, Func<CheckTimes, CheckTimes> change) =>
        server with { Times = change(server.Times) };
}
