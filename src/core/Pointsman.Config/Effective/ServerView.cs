using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Effective;

/// <summary>The blocks of load balancing, setting by setting.</summary>
internal static class ServerView
{
    public static EffectiveBlock Of(VirtualServerConfig server, MailConfig mail, SettingPlaces places) =>
        new BlockView("virtual_server", server.Source, places)
            .Of(server)
            .Seconds("delay_loop", server.DelayLoop)
            .Text("lb_algo", server.Algorithm.ToString().ToLowerInvariant())
            .Flag(FlagName(server, "fallback", "flag-1"), server.Flags.HasFlag(SchedulerFlags.First))
            .Flag(FlagName(server, "port", "flag-2"), server.Flags.HasFlag(SchedulerFlags.Second))
            .Flag("flag-3", server.Flags.HasFlag(SchedulerFlags.Third))
            .Forwarding("lb_kind", server.Kind, server.GuePort)
            .Text("protocol", server.Protocol.ToString().ToUpperInvariant())
            .Text("ip_family", server.Family is { } family ? MarkRules.WordOf(family) : null, "the real servers'")
            .Flag("ops", server.OnePacket)
            .Seconds("persistence_timeout", server.PersistenceTimeout, "no persistence")
            .Text("persistence_granularity", Network(server), "each client by itself")
            .Text("persistence_engine", server.ByCall ? "sip" : null, "clients are known by their address")
            .Text("virtualhost", server.VirtualHost, "the address that is asked")
            .Number("quorum", server.Quorum)
            .Number("hysteresis", server.Hysteresis)
            .Script("quorum_up", server.QuorumUp)
            .Script("quorum_down", server.QuorumDown)
            .Switch("alpha", server.Times.Alpha == true)
            .Flag("omega", server.Omega)
            .Flag("ha_suspend", server.HaSuspend)
            .Switch(Directive.Prefix + "check_road", server.CheckRoad)
            .Address(Directive.Prefix + "check_road_source", server.CheckRoadSource, "the system's choice")
            .Text(Directive.Prefix + "conn_reuse_mode", server.ConnReuseMode?.ToString(CultureInfo.InvariantCulture), "1")
            .Switch(Directive.Prefix + "expire_nodest_conn", server.ExpireNodestConn)
            .Switch(Directive.Prefix + "expire_quiescent_template", server.ExpireQuiescentTemplate)
            .Switch(Directive.Prefix + "sloppy", server.Sloppy)
            .Words(FullNatRules.Name, [.. server.FullNat.Select(local => local.ToString())], "off")
            .Words("sorry_server", server.SorryServer?.Address.ToString(), server.SorryServer is { Port: not 0 } sorry ? $"{sorry.Port}" : null, "nobody stands in")
            .Forwarding("sorry_server_lvs_method", server.SorryServerKind, server.SorryServerGuePort, "lb_kind")
            .Flag("sorry_server_inhibit", server.SorryServerInhibit)
            .Switch("smtp_alert", server.SmtpAlert, "smtp_alert_checker", mail.TellsOf(server))
            .Blocks(server.RealServers.Select(realServer => Of(realServer, server, mail, places)))
            .Done();

    public static EffectiveBlock Of(VirtualServerGroupConfig group) =>
        new BlockView("virtual_server_group", group.Source, SettingPlaces.None)
            .Named(group.Name)
            .Lines("addresses", "address", group.Ranges.Select(range => range.ToString()))
            .Done() with { HasLinesOnly = true };

    private static BlockView Of(this BlockView view, VirtualServerConfig server) =>
        server.Group is { } group ? view.Titled("group", group)
        : server.Address.Mark != 0 ? view.Titled("fwmark", server.Address.Mark.ToString(System.Globalization.CultureInfo.InvariantCulture))
        : view.At(server.Address);

    private static BlockView Of(this BlockView view, RealServerConfig server) =>
        server.Address.Port == 0 ? view.At(server.Address.Address) : view.At(server.Address);

    private static EffectiveBlock Of(
        RealServerConfig server, VirtualServerConfig owner, MailConfig mail, SettingPlaces places) =>
        new BlockView("real_server", server.Source, places)
            .Of(server)
            .Number("weight", server.Weight)
            .Forwarding("lvs_method", server.Kind, server.GuePort)
            .Number("uthreshold", server.UpperThreshold)
            .Number("lthreshold", server.LowerThreshold)
            .Text("virtualhost", server.VirtualHost, "the virtual server's")
            .Switch("inhibit_on_failure", server.InhibitOnFailure)
            .Script("notify_up", server.NotifyUp)
            .Script("notify_down", server.NotifyDown)
            .Switch("smtp_alert", server.SmtpAlert, "the virtual server's", mail.TellsOf(server, owner))
            .Blocks(server.Checks.Select(check => CheckerView.Of(check, server, owner, places)))
            .Done();

    private static string FlagName(VirtualServerConfig server, string own, string general) => server.Algorithm switch
    {
        LoadBalanceAlgorithm.Sh => $"sh-{own}",
        LoadBalanceAlgorithm.Mh => $"mh-{own}",
        _ => general,
    };

    private static string? Network(VirtualServerConfig server)
    {
        int length = server.PersistencePrefixLength;
        IpAddress address = server.Address.Address;
        return length == address.LengthBits && server.PersistenceGaps == 0 ? null
            : address.IsV4 ? new V4Mask(length, server.PersistenceGaps).ToString()
            : length.ToString(CultureInfo.InvariantCulture);
    }
}
