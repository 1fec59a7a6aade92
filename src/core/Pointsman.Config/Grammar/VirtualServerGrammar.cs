using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Grammar;

/// <summary><c>virtual_server</c>.</summary>
internal static class VirtualServerGrammar
{
    private static readonly Argument Algorithm = Argument.Choice(
        ["rr", "wrr", "lc", "wlc", "sed", "nq", "fo", "ovf", "sh", "dh", "mh", "twos", "lblc", "lblcr"]);

    public static BlockGrammar<VirtualServerDraft> Block { get; } = new("virtual_server",
    [
        new("delay_loop", Argument.Seconds(Limits.SecondsLeast, Limits.SecondsMost), "from one check to the next",
            (server, setting) => server.With(config => config with { DelayLoop = setting.Value.Time }))
        { Default = "60" },

        .. CheckTimeRows.Of<VirtualServerDraft>(
            (server, change) => server.With(config => config with { Times = change(config.Times) }), CheckTimeDefaults.VirtualServer),

        new("virtualhost", Argument.Text("a host name"), "the host that HTTP_GET asks for", (server, setting) =>
            server.With(config => config with { VirtualHost = setting.Value.Text }))
        { Default = "the address that is asked" },

        new("weight", Argument.Number(0, Limits.WeightMost), "the share of each real server", (server, setting) =>
            server.With(config => config with { Weight = setting.Whole }))
        { Default = "1" },

        new("inhibit_on_failure", Argument.Boolean, "a failed server keeps its place and its connections, with weight 0", (server, setting) =>
            server.With(config => config with { InhibitOnFailure = setting.Value.IsOn }))
        { Default = "off" },

        new("quorum", Argument.Number(1, uint.MaxValue - 1), "the weight that must be alive", (server, setting) =>
            server.With(config => config with { Quorum = (long)setting.Value.Number }))
        { Default = "1" },

        new("hysteresis", Argument.Number(0, uint.MaxValue - 1), "how much more, or less, is a change", (server, setting) =>
            server.With(config => config with { Hysteresis = (long)setting.Value.Number }))
        { Default = "0" },

        new("quorum_up", Argument.Texts(NotifyLine.Form), "runs when the quorum is reached", (server, setting) =>
            server.With(config => config with { QuorumUp = NotifyLine.Read(setting) }))
        { Default = "nothing runs" },

        new("quorum_down", Argument.Texts(NotifyLine.Form), "runs when the quorum is lost", (server, setting) =>
            server.With(config => config with { QuorumDown = NotifyLine.Read(setting) }))
        { Default = "nothing runs" },

        new("omega", Argument.Nothing, "on stop notify_down and quorum_down run", (server, _) =>
            server.With(config => config with { Omega = true }))
        { Default = "off" },

        new("ha_suspend", Argument.Nothing, "no checks while the address is elsewhere", (server, _) =>
            server.With(config => config with { HaSuspend = true }))
        { Default = "off" },

        new(Directive.Prefix + "check_road", Argument.Boolean,
            "checks go where clients go, to the virtual address, while this node holds it (DR); off: to the real server's own",
            (server, setting) => server.With(config => config with { CheckRoad = setting.Value.IsOn }))
        { Default = "on" },

        new(Directive.Prefix + "check_road_source", Argument.Address,
            "the address of this node that such checks come from: one that real servers answer over their gateway walks that way, too",
            (server, setting) => server.With(config => config with { CheckRoadSource = setting.Value.Address }))
        { Default = "the system's choice" },

        new(Directive.Prefix + "conn_reuse_mode", Argument.Number(0, 3),
            "a client's port used again is a new connection: 1 after TIME_WAIT and CLOSE (SCTP: CLOSED), 2 or 3 also after FIN_WAIT by DR and TUN, 0 never (IPVS's sysctl)",
            (server, setting) => server.With(config => config with { ConnReuseMode = (int)setting.Whole }))
        { Default = "1" },

        new(Directive.Prefix + "expire_nodest_conn", Argument.Boolean,
            "packets of connections whose server is gone are refused at once (reset), not dropped; a client that begins anew leaves a server of weight 0 (IPVS's sysctl)",
            (server, setting) => server.With(config => config with { ExpireNodestConn = setting.Value.IsOn }))
        { Default = "off" },

        new(Directive.Prefix + "expire_quiescent_template", Argument.Boolean,
            "a server of weight 0 loses its persistent clients: their next connection is scheduled (IPVS's sysctl)",
            (server, setting) => server.With(config => config with { ExpireQuiescentTemplate = setting.Value.IsOn }))
        { Default = "off" },

        new(Directive.Prefix + "sloppy", Argument.Boolean,
            "any packet begins a connection but a reset, as after a failover without synchronisation (IPVS's sysctls sloppy_tcp, sloppy_sctp)",
            (server, setting) => server.With(config => config with { Sloppy = setting.Value.IsOn }))
        { Default = "off" },

        new(Directive.Prefix + "full_nat", Argument.Texts("addresses of this node: ADDRESS, or FIRST-LAST"),
            "servers by NAT see clients as one of these, with a port of its own: such servers need no way back to clients, nor the virtual address",
            FullNatRules.Take)
        { Default = "off: they see their clients' own addresses" },

        new("sorry_server", Argument.EndpointWithOptionalPort, "stands in without a quorum", (server, setting) =>
            server.With(config => config with { SorryServer = new TransportEndpoint(setting.Value.Address, setting.Value.Port) }))
        { Default = "nobody stands in" },

        new("sorry_server_lvs_method", ForwardingKind.Argument, "how packets reach it", (server, setting) =>
            server.With(config => config with
            {
                SorryServerKind = ForwardingKind.Of(setting), SorryServerGuePort = setting.Value.Port,
            }))
        { Default = "lb_kind" },

        new("sorry_server_inhibit", Argument.Nothing, "it keeps its place, with weight 0, while it is not needed", (server, _) =>
            server.With(config => config with { SorryServerInhibit = true }))
        { Default = "off" },

        new("lb_algo", Algorithm, "who gets the next connection", TakeAlgorithm)
        { Default = "wlc" },

        new("lvs_sched", Algorithm, "the same as lb_algo", TakeAlgorithm)
        { SameAs = "lb_algo", Default = "wlc" },

        new("lb_kind", ForwardingKind.Argument, "how packets reach the real server", TakeKind)
        { Default = "NAT" },

        new("lvs_method", ForwardingKind.Argument, "the same as lb_kind", TakeKind)
        { SameAs = "lb_kind", Default = "NAT" },

        new("nat_mask", Argument.Netmask, "a setting of LVS before 2003", (server, _) => server)
        { ObsoleteBecause = "keepalived has dropped it; masquerading needs none" },

        new("persistence_timeout", Argument.OptionalSeconds(0, 2678400), "how long a client keeps its real server",
            VirtualServerRules.TakePersistence)
        { Default = "no persistence; 360 without a number" },

        new("persistence_granularity", Argument.ClientNetwork, "clients that share this network count as one", (server, setting) =>
            server.With(config => config with { PersistencePrefixLength = setting.Whole, PersistenceGaps = setting.Value.Gaps }))
        { Default = "255.255.255.255; over IPv6 128" },

        new("persistence_engine", Argument.Choice(["sip"]), "a client keeps its real server for a call, not for all it does: by the Call-ID of SIP over UDP; datagrams without one are dropped, as is all else",
            (server, _) => server.With(config => config with { ByCall = true }))
        { Default = "clients are known by their address" },

        new("protocol", Argument.Choice(["TCP", "UDP", "SCTP"], ignoresCase: true), "the transport protocol",
            (server, setting) => server.With(config => config with
            {
                Protocol = Enum.Parse<TransportProtocol>(setting.Value.Text, ignoreCase: true),
            }))
        { Default = "UDP" },

        new("ip_family", Argument.Choice(["inet", "inet6"]), "the family of packets with a firewall mark; an address tells its own", (server, setting) =>
            server.With(config => config with { Family = MarkRules.FamilyOf(setting.Value.Text) }))
        { Default = "the real servers'" },

        new("ops", Argument.Nothing, "each datagram is scheduled by itself (one-packet scheduling)", (server, _) =>
            server.With(config => config with { OnePacket = true }))
        { Default = "off" },

        new("real_server", Argument.EndpointWithOptionalPort, "a server that does the work", (server, setting) =>
        {
            var address = new TransportEndpoint(setting.Value.Address, setting.Value.Port);
            var realServer = new RealServerConfig(address, setting.Statement.HeaderSpan);
            return server with
            {
                RealServers = server.RealServers.Add(setting.Bind(RealServerGrammar.Block, realServer)),
            };
        })
        { Opens = RealServerGrammar.Block, IsRepeatable = true },

        Flag("flag-1", "the first flag of the scheduler", SchedulerFlags.First),
        Flag("flag-2", "the second flag of the scheduler", SchedulerFlags.Second),
        Flag("flag-3", "the third flag of the scheduler, which none reads", SchedulerFlags.Third),
        Flag("sh-fallback", "sh passes over servers that take no new connections", SchedulerFlags.First),
        Flag("sh-port", "sh counts the port, too", SchedulerFlags.Second),
        Flag("mh-fallback", "mh passes over servers that take no new connections", SchedulerFlags.First),
        Flag("mh-port", "mh counts the port, too", SchedulerFlags.Second),

        new("smtp_alert", Argument.Boolean, "mail when the quorum is lost or reached; also for its real servers", (server, setting) =>
            server.With(config => config with { SmtpAlert = setting.Value.IsOn }))
        { Default = "smtp_alert_checker of global_defs; else off" },
    ])
    {
        Blank = () => new VirtualServerDraft(new VirtualServerConfig(default, default), []),
    };

    private static VirtualServerDraft TakeAlgorithm(VirtualServerDraft server, Setting setting) =>
        server.With(config => config with
        {
            Algorithm = Enum.Parse<LoadBalanceAlgorithm>(setting.Value.Text, ignoreCase: true),
        });

    private static Keyword<VirtualServerDraft> Flag(string name, string meaning, SchedulerFlags flag) =>
        new(name, Argument.Nothing, meaning, (server, _) => server.With(config => config with { Flags = config.Flags | flag }))
        { Default = "off" };

    private static VirtualServerDraft TakeKind(VirtualServerDraft server, Setting setting) =>
        server.With(config => config with { Kind = ForwardingKind.Of(setting), GuePort = setting.Value.Port });
}
