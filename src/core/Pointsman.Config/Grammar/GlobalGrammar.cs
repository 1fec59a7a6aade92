using Pointsman.Config.Binding;
using Pointsman.Config.Including;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Grammar;

/// <summary><c>global_defs</c>.</summary>
internal static class GlobalGrammar
{
    public static BlockGrammar<GlobalDefinitions> Block { get; } = new("global_defs",
    [
        new("router_id", Argument.Text("a name"), "what this node is called in `pointsman status`", (global, setting) =>
            global with { RouterId = setting.Value.Text })
        { Default = "the host name" },

        new("lvs_id", Argument.Text("a name"), "the name of router_id in keepalived 1.1", (global, setting) =>
            global with { RouterId = setting.Value.Text })
        { OldNameOf = "router_id" },

        .. MailGrammar.Rows,

        new(Directive.Prefix + "connection_table", Argument.Number(1024, 67108864),
            "how many connections are remembered, 32 bytes each; a table that is there keeps its size until the daemon is stopped and started again",
            (global, setting) => global with { ConnectionTable = setting.Whole })
        { Default = "262144" },

        new(Directive.Prefix + "share_checks", Argument.Boolean, "a check that several virtual servers ask of one real server in the same words runs once",
            (global, setting) => global with { ShareChecks = setting.Value.IsOn })
        { Default = "on" },

        new("script_user", Argument.UserAndGroup, "who runs scripts", (global, setting) =>
            global with { ScriptUser = setting.Value.Texts[0], ScriptGroup = setting.Value.Texts.ElementAtOrDefault(1) })
        { Default = "keepalived_script where there is such a user, else root" },

        new("enable_script_security", Argument.Nothing, "refuse root's scripts that others can change",
            (global, _) => global with { EnableScriptSecurity = true }),

        new("umask", Argument.Texts(UmaskRules.Form), "what the files it and its scripts make do not allow; `--umask` goes before it", UmaskRules.Take)
        { Default = "inherited" },

        new(Directive.Prefix + "dead_mans_switch", Argument.Boolean,
            "the kernel stops answering for virtual addresses by itself when the VRRP process dies or hangs (a BPF program on their interfaces)",
            (global, setting) => global with { DeadMansSwitch = setting.Value.IsOn })
        { Default = "on" },

        new(SyncDaemonLine.Name, Argument.Texts(SyncDaemonLine.Form),
            "connections are told to the other directors, and theirs taken, in IPVS's words (with INSTANCE: told as master, taken as backup)",
            SyncDaemonLine.Take)
        { Default = "connections stay this node's" },

        .. NotifyFifoGrammar.Rows,

        .. GarpGrammar.GlobalRows,

        new("vrrp_startup_delay", Argument.Seconds(0, Limits.SecondsMost), "no VRRP for so long after the start",
            (global, setting) => global with { VrrpStartupDelay = setting.Value.Time })
        { Default = "0" },
        new("vrrp_delay_after_boot", Argument.Seconds(0, Limits.SecondsMost), "no VRRP for so long after the machine's boot",
            (global, setting) => global with { VrrpDelayAfterBoot = setting.Value.Time })
        { Default = "0" },

        new("checker_log_all_failures", Argument.Boolean, "every failed attempt of a check in the log", (global, setting) =>
            global with { CheckerLogAllFailures = setting.Value.IsOn })
        { Default = "off" },

        new("lvs_timeouts", Argument.Texts(LvsTimeoutRules.Form), "how long idle connections are remembered, as by `ipvsadm --set`", LvsTimeoutRules.Take)
        { Default = "tcp 900 tcpfin 120 udp 300" },

        new("rs_init_notifies", Argument.Boolean, "notify_up and the pipes are told of a real server that begins up, too", (global, setting) =>
            global with { RsInitNotifies = setting.Value.IsOn })
        { Default = "off" },

        new(IncludeCheckLine.Keyword, Argument.OptionalTexts(IncludeCheckLine.Form), "what inclusions below it must find", TakeChecks)
        { Default = "none", IsRepeatable = true },

        .. AdvertGrammar.GlobalRows,

        .. VmacGrammar.GlobalRows,

        .. AcceptGrammar.GlobalRows,

        new("default_interface", Argument.Interface, "where static addresses go that name no interface", (global, setting) =>
            global with { DefaultInterface = setting.Value.Text })
        { Default = "eth0" },
    ]);

    // They were taken when the files were read; what is left is to tell of a wrong word.
    private static GlobalDefinitions TakeChecks(GlobalDefinitions global, Setting setting)
    {
        IncludeCheckLine.Read(setting.Value.Texts, IncludeChecks.None, out string? wrong);
        if (wrong is not null)
        {
            ArgumentReader.ReportWrong(
                setting.Statement.Arguments.First(word => word.Text == wrong), $"one of {IncludeCheckLine.Form}", setting.Sink);
        }

        return global;
    }
}
