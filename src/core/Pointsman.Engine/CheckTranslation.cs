using System.Collections.Immutable;
using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Health;

namespace Pointsman.Engine;

/// <summary>What a checker of the configuration means to the health machine.</summary>
internal static class CheckTranslation
{
    internal static CheckDefinition Translate(VirtualServerConfig virtualServer, RealServerConfig server, CheckerConfig check, Configuration configuration)
    {
        TimeSpan delayLoop = check.DelayLoop ?? virtualServer.DelayLoop;
        var target = new TransportEndpoint(check.ConnectIp ?? server.Address.Address, check.ConnectPort ?? PortOf(virtualServer, server));
        var settings = new CheckSettings(
            check.ConnectTimeout, check.Retry, check.DelayBeforeRetry, delayLoop, check.Warmup ?? delayLoop, StartsUp: !check.Alpha);
        string? plainBecause = WhyPlain(virtualServer, server, check, target);
        return new CheckDefinition(target, settings)
        {
            Road = check is MiscCheckConfig || !check.IsTimed || server.Kind == LoadBalanceKind.Nat || plainBecause is not null ? null
                : new ClientRoad(virtualServer.Address with { Port = AsksFor(virtualServer, target) }) { Source = virtualServer.CheckRoadSource, IsTunnel = server.Kind.IsTunnel() },
            PlainBecause = plainBecause,
            Method = Method(virtualServer, server, check, configuration, delayLoop),
            Binding = new ProbeBinding(check.BindTo, check.BindPort ?? 0, check.BindInterface, check.FirewallMark),
            LogsAllFailures = check.LogAllFailures,
        };
    }

    // Of a group with several ports, a server without one listens on all of them.
    private static ushort PortOf(VirtualServerConfig virtualServer, RealServerConfig server) =>
        server.Address.Port == 0 ? virtualServer.Address.Port : server.Address.Port;

    // Where clients may ask for any port, the check asks for its own.
    private static ushort AsksFor(VirtualServerConfig virtualServer, TransportEndpoint target) =>
        virtualServer.Address.Port == 0 ? target.Port : virtualServer.Address.Port;

    // What clients send to a server by NAT is addressed to itself, and a script goes where it wants.
    private static string? WhyPlain(VirtualServerConfig virtualServer, RealServerConfig server, CheckerConfig check, TransportEndpoint target) =>
        check is MiscCheckConfig || !check.IsTimed || server.Kind == LoadBalanceKind.Nat ? null
        : !virtualServer.CheckRoad ? "check_road off"
        : virtualServer.Targets.Any(one => one.Address.Mark != 0) ? "its virtual server is a mark of the firewall, which is no address to ask"
        : virtualServer.Address.Address.IsV4 != server.Address.Address.IsV4 ? "its tunnel is of the other family"
        : target.Address != server.Address.Address ? $"connect_ip {target.Address} is not the real server"
        : target.Port != PortOf(virtualServer, server) && virtualServer.Address.Port != 0 ? $"connect_port {target.Port} is not what clients ask for"
        : check.FirewallMark != 0 ? "fwmark: the client's road needs a mark of its own"
        : check.BindPort is not null ? "bind_port: the client's road needs a port of its own"
        : null;

    private static CheckMethod Method(
        VirtualServerConfig virtualServer, RealServerConfig server, CheckerConfig check, Configuration configuration, TimeSpan delayLoop) => check switch
    {
        TcpCheckConfig => new CheckMethod.Tcp(),
        HttpCheckConfig http => new CheckMethod.Http(
            Dialect(http.HttpProtocol),
            [.. http.Urls.Select(url => Page(http, url, server.VirtualHost ?? virtualServer.VirtualHost))],
            http.IsTls ? new TlsSettings(http.TlsCompliant) { Client = Client(configuration.TlsClient) } : null)
        {
            FastRecovery = http.FastRecovery,
        },
        SmtpCheckConfig smtp => new CheckMethod.Smtp(smtp.HeloName),
        DnsCheckConfig dns => new CheckMethod.Dns(dns.RecordType, dns.Name),
        UdpCheckConfig udp => new CheckMethod.Udp(udp.Payload, Reply(udp)),
        PingCheckConfig => new CheckMethod.Ping(),
        FileCheckConfig file => new CheckMethod.File(file.TrackFile, file.Weight, file.Reverse),
        BfdCheckConfig bfd => new CheckMethod.Path(bfd.Name),
        MiscCheckConfig misc => new CheckMethod.Script(
            misc.Command,
            misc.User ?? configuration.Global.ScriptUser,
            misc.User is null ? configuration.Global.ScriptGroup : misc.Group,
            misc.Timeout ?? delayLoop,
            misc.IsDynamic),
        _ => throw new UnreachableException(),
    };

    private static TlsClientFiles? Client(TlsClientConfig? client) => client?.Certificate is not { } certificate ? null
        : new TlsClientFiles(certificate, client.Key ?? certificate, client.Password, client.Authorities);

    // keepalived looks at the length only where it looks at the bytes; a length that was typed counts here in any case.
    private static UdpReply? Reply(UdpCheckConfig udp) => !udp.RequireReply ? null : new UdpReply(
        udp.Reply, udp.ReplyMask, udp.MinReplyLength,
        udp.MaxReplyLength ?? (udp.Reply.IsEmpty ? null : UdpCheckConfig.MaxReplyLengthByDefault));

    private static HttpDialect Dialect(string protocol) => protocol switch
    {
        "1.0" => HttpDialect.Http10,
        "1.0C" => HttpDialect.Http10Close,
        "1.1" => HttpDialect.Http11,
        _ => throw new UnreachableException(),
    };

    private static HttpPage Page(HttpCheckConfig check, HttpUrlConfig url, string? hostAround)
    {
        string? host = url.VirtualHost ?? check.VirtualHost ?? hostAround;
        return new HttpPage(url.Path)
        {
            Host = host,
            SniName = check.EnableSni ? check.SniName ?? HostName(host) : null,
            StatusCodes = url.StatusCodes.IsEmpty
                ? HttpStatusRange.Successes
                : [.. url.StatusCodes.Select(range => new HttpStatusRange(range.First, range.Last))],
            Digest = url.Digest,
            Pattern = url.Regex is null ? null : new BodyPattern(
                url.Regex, string.Join(' ', url.RegexOptions), url.RegexNoMatch, url.RegexMinOffset, url.RegexMaxOffset),
            MustCloseTls = url.TlsCompliant,
        };
    }

    // RFC 6066 §3: a name without its port.
    private static string? HostName(string? host) => host?.Split(':')[0];
}
