using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Pointsman.Config.Model;

namespace Pointsman.Config.Effective;

/// <summary>Checkers, setting by setting. What a block around them hands down is shown in each of them.</summary>
internal static class CheckerView
{
    public static EffectiveBlock Of(CheckerConfig check, RealServerConfig server, VirtualServerConfig owner, SettingPlaces places) => check switch
    {
        TcpCheckConfig tcp => Common("TCP_CHECK", tcp, server, owner, places).Done(),
        HttpCheckConfig http => Of(http, server, owner, places),
        SmtpCheckConfig smtp => Common("SMTP_CHECK", smtp, server, owner, places).Text("helo_name", smtp.HeloName).Done(),
        DnsCheckConfig dns => Common("DNS_CHECK", dns, server, owner, places).Text("type", dns.Type).Text("name", dns.Name).Done(),
        UdpCheckConfig udp => Of(Common("UDP_CHECK", udp, server, owner, places), udp).Done(),
        PingCheckConfig ping => Common("PING_CHECK", ping, server, owner, places).Done(),
        MiscCheckConfig misc => Of(Timing(new BlockView("MISC_CHECK", misc.Source, places), misc, owner), misc, owner).Done(),
        FileCheckConfig file => new BlockView("FILE_CHECK", file.Source, places)
            .Text("track_file", file.TrackFile).Weight("weight", file.Weight, file.Reverse).Done(),
        BfdCheckConfig bfd => new BlockView("BFD_CHECK", bfd.Source, places).Text("name", bfd.Name).Switch("alpha", bfd.Alpha).Done(),
        _ => throw new UnreachableException(),
    };

    private static BlockView Common(
        string keyword, CheckerConfig check, RealServerConfig server, VirtualServerConfig owner, SettingPlaces places) =>
        Timing(Connection(new BlockView(keyword, check.Source, places), check, server), check, owner);

    private static BlockView Of(BlockView view, UdpCheckConfig udp) => view
        .Words("payload", Hex(udp.Payload, []), "32 random bytes")
        .Bytes("require_reply", udp.RequireReply, Hex(udp.Reply, udp.ReplyMask), "no answer is needed")
        .Number("min_reply_length", udp.MinReplyLength)
        .Number("max_reply_length", udp.MaxReplyLength, "255 where the answer's bytes are given");

    private static BlockView Of(BlockView view, MiscCheckConfig misc, VirtualServerConfig owner) => view
        .Command("misc_path", misc.Command)
        .Seconds("misc_timeout", misc.Timeout, "the delay loop", misc.DelayLoop ?? owner.DelayLoop)
        .Flag("misc_dynamic", misc.IsDynamic)
        .Words("user", misc.User, misc.Group, "script_user");

    private static ImmutableArray<string> Hex(ImmutableArray<byte> bytes, ImmutableArray<byte> mask)
    {
        string digits = Convert.ToHexStringLower(bytes.AsSpan());
        string any = Convert.ToHexStringLower(mask.AsSpan());
        return digits.Length == 0 ? [] : [string.Concat(digits.Select((digit, i) => i < any.Length && any[i] == 'f' ? 'x' : digit))];
    }

    private static EffectiveBlock Of(HttpCheckConfig check, RealServerConfig server, VirtualServerConfig owner, SettingPlaces places) =>
        Common(check.IsTls ? "SSL_GET" : "HTTP_GET", check, server, owner, places)
            .Text("http_protocol", check.HttpProtocol)
            .Text("virtualhost", check.VirtualHost, "the real server's")
            .Switch("enable_sni", check.EnableSni)
            .Text("sni_name", check.SniName, "virtualhost")
            .Switch("fast_recovery", check.FastRecovery)
            .Flag("tls_compliant", check.TlsCompliant)
            .Blocks(check.Urls.Select(url => Of(url, places)))
            .Done();

    private static EffectiveBlock Of(HttpUrlConfig url, SettingPlaces places) =>
        new BlockView("url", url.Source, places)
            .Text("path", url.Path)
            .Text("digest", url.Digest, "not compared")
            .Words("status_code", StatusCodes(url), "200-299")
            .Text("virtualhost", url.VirtualHost, "the checker's")
            .Pattern("regex", url.Regex, "not searched")
            .Flag("regex_no_match", url.RegexNoMatch)
            .Words("regex_options", url.RegexOptions, "none")
            .Number("regex_min_offset", url.RegexMinOffset)
            .Number("regex_max_offset", url.RegexMaxOffset, "no limit")
            .Flag("tls_compliant", url.TlsCompliant)
            .Done();

    private static BlockView Connection(BlockView view, CheckerConfig check, RealServerConfig server) => view
        .Address("connect_ip", check.ConnectIp, "the real server's address", server.Address.Address)
        .Number("connect_port", check.ConnectPort, "the real server's port", server.Address.Port)
        .Address("bindto", check.BindTo, "the system's choice")
        .Number("bind_port", check.BindPort, "the system's choice")
        .Text("bind_if", check.BindInterface, "the system's choice")
        .Number("fwmark", check.FirewallMark == 0 ? null : check.FirewallMark, "no mark")
        .Seconds("connect_timeout", check.ConnectTimeout);

    private static BlockView Timing(BlockView view, CheckerConfig check, VirtualServerConfig owner) => view
        .Number("retry", check.Retry)
        .Seconds("delay_before_retry", check.DelayBeforeRetry)
        .Seconds("delay_loop", check.DelayLoop, "the virtual server's", owner.DelayLoop)
        .Seconds("warmup", check.Warmup, "the delay loop", check.DelayLoop ?? owner.DelayLoop)
        .Switch("alpha", check.Alpha)
        .Switch("log_all_failures", check.LogAllFailures);

    private static ImmutableArray<string> StatusCodes(HttpUrlConfig url) =>
    [
        .. url.StatusCodes.Select(range => range.First == range.Last
            ? range.First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}")),
    ];
}
