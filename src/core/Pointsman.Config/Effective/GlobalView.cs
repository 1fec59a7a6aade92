using Pointsman.Config.Model;

namespace Pointsman.Config.Effective;

/// <summary><c>global_defs</c>, setting by setting.</summary>
internal static class GlobalView
{
    public static EffectiveBlock Of(GlobalDefinitions global, SettingPlaces places) =>
        new BlockView("global_defs", default, places)
            .Text("router_id", global.RouterId, "the host name")
            .Entries("notification_email", "address", global.NotificationEmail, address => address)
            .Text("notification_email_from", global.NotificationEmailFrom, "none")
            .Words("smtp_server", global.SmtpServer, $"{global.SmtpPort}", "none")
            .Seconds("smtp_connect_timeout", global.SmtpConnectTimeout)
            .Words("script_user", global.ScriptUser, global.ScriptGroup, "root")
            .Flag("enable_script_security", global.EnableScriptSecurity)
            .Fifo("notify_fifo", global.NotifyFifo)
            .Fifo("vrrp_notify_fifo", global.VrrpNotifyFifo)
            .Switch("vrrp_notify_priority_changes", global.NotifyPriorityChanges)
            .Flag("fifo_write_vrrp_states_on_reload", global.FifoWriteStatesOnReload)
            .Switch("checker_log_all_failures", global.CheckerLogAllFailures)
            .Done() with
        {
            IsRepeatable = false,
        };
}
