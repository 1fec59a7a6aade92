using Pointsman.Config.Binding;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Effective;

/// <summary><c>global_defs</c>, setting by setting.</summary>
internal static class GlobalView
{
    public static EffectiveBlock Of(GlobalDefinitions global, SettingPlaces places) =>
        new BlockView("global_defs", default, places)
            .Text("router_id", global.RouterId, "the host name")
            .Entries("notification_email", "address", global.Mail.To, address => address)
            .Text("notification_email_from", global.Mail.From, "keepalived@ and the host name")
            .Words("smtp_server", global.Mail.Server, $"{global.Mail.Port}", "none")
            .Seconds("smtp_connect_timeout", global.Mail.ConnectTimeout)
            .Text("smtp_helo_name", global.Mail.HeloName, "the host name")
            .Switch("smtp_alert", global.Mail.Alert, "mail about real servers only")
            .Switch("smtp_alert_vrrp", global.Mail.AlertVrrp, "smtp_alert", global.Mail.Alert ?? false)
            .Switch("smtp_alert_checker", global.Mail.AlertChecker, "smtp_alert")
            .Flag("no_email_faults", global.Mail.NoFaults)
            .Switch("no_checker_emails", global.Mail.NoCheckers)
            .Text($"{Directive.Prefix}smtp_tls", global.Mail.Security.ToString().ToLowerInvariant())
            .Text($"{Directive.Prefix}smtp_tls_name", global.Mail.TlsName, "what smtp_server says")
            .Text($"{Directive.Prefix}smtp_tls_ca", global.Mail.TlsCertificates, "the system's authorities")
            .Words($"{Directive.Prefix}smtp_login", global.Mail.Login?.User, global.Mail.Login?.PasswordFile, "it does not log in")
            .Words("script_user", global.ScriptUser, global.ScriptGroup, "root")
            .Flag("enable_script_security", global.EnableScriptSecurity)
            .Switch(Directive.Prefix + "dead_mans_switch", global.DeadMansSwitch)
            .Text("umask", global.Umask?.ToString(), "inherited")
            .Words(SyncDaemonLine.Name, SyncDaemonLine.Typed(global.SyncDaemon), "connections stay this node's")
            .Fifo("notify_fifo", global.NotifyFifo)
            .Fifo("vrrp_notify_fifo", global.VrrpNotifyFifo)
            .Fifo("lvs_notify_fifo", global.LvsNotifyFifo)
            .Text($"{Directive.Prefix}webhook", global.Webhook, "nobody is told so")
            .Switch("vrrp_notify_priority_changes", global.NotifyPriorityChanges)
            .Flag("fifo_write_vrrp_states_on_reload", global.FifoWriteStatesOnReload)
            .Flag("vrrp_strict", global.IsStrict)
            .Switch("vrrp_owner_ignore_adverts", global.OwnerIgnoresAdverts)
            .Bytes("nftables", global.NftablesTable is not null, global.NftablesTable is { } table ? [table] : [], Grammar.AcceptGrammar.DefaultTable)
            .Number("nftables_priority", global.NftablesPriority)
            .Flag("nftables_counters", global.NftablesCounters)
            .Text("default_interface", global.DefaultInterface)
            .Text("vmac_prefix", global.VmacPrefix)
            .Text("vmac_addr_prefix", global.VmacAddressPrefix, "vmac_prefix")
            .Seconds("vrrp_startup_delay", global.VrrpStartupDelay)
            .Seconds("vrrp_delay_after_boot", global.VrrpDelayAfterBoot)
            .Seconds("vrrp_garp_master_delay", global.Garp.MasterDelay, "5")
            .Number("vrrp_garp_master_repeat", global.Garp.MasterRepeat, "5")
            .Seconds("vrrp_garp_master_refresh", global.Garp.MasterRefresh, "0")
            .Number("vrrp_garp_master_refresh_repeat", global.Garp.MasterRefreshRepeat, "1")
            .Seconds("vrrp_garp_lower_prio_delay", global.Garp.LowerPrioDelay, "garp_master_delay")
            .Number("vrrp_garp_lower_prio_repeat", global.Garp.LowerPrioRepeat, "garp_master_repeat")
            .Seconds("vrrp_garp_interval", global.Garp.GarpInterval)
            .Seconds("vrrp_gna_interval", global.Garp.GnaInterval)
            .Words("vrrp_garp_extra_if", StaticView.Words(global.Garp.Extra), "off")
            .Switch("vrrp_min_garp", global.Garp.MinGarp)
            .Switch("vrrp_lower_prio_no_advert", global.Garp.LowerPrioNoAdvert)
            .Switch("vrrp_higher_prio_send_advert", global.Garp.HigherPrioSendAdvert)
            .Switch("checker_log_all_failures", global.CheckerLogAllFailures)
            .Words("lvs_timeouts", [.. global.LvsTimeouts?.Words ?? []], "tcp 900 tcpfin 120 udp 300")
            .Switch("rs_init_notifies", global.RsInitNotifies)
            .Switch(Directive.Prefix + "share_checks", global.ShareChecks)
            .Number(Directive.Prefix + "connection_table", global.ConnectionTable)
            .Text("vrrp_version", $"{global.Adverts.Version}")
            .Switch("vrrp_skip_check_adv_addr", global.Adverts.SkipAddressCheck)
            .Switch("vrrp_check_unicast_src", global.Adverts.CheckUnicastSource)
            .Address("vrrp_mcast_group4", global.Adverts.MulticastGroup4, "224.0.0.18")
            .Address("vrrp_mcast_group6", global.Adverts.MulticastGroup6, "ff02::12")
            .Switch("v3_checksum_as_v2", global.Adverts.ChecksumAsVersion2)
            .Number("vrrp_down_timer_adverts", global.Adverts.DownTimerAdverts)
            .Done() with
        {
            IsRepeatable = false,
        };
}
