using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>What all checkers take.</summary>
internal static class CheckerRows
{
    /// <param name="retry">What counts without <c>retry</c> here or around.</param>
    /// <param name="pause">What counts without <c>delay_before_retry</c>.</param>
    public static ImmutableArray<Keyword<T>> Of<T>(string retry = "1", string pause = "1")
        where T : CheckerConfig =>
    [
        .. Connection<T>(),
        .. CheckTimeRows.Of<T>(With, new CheckTimeDefaults("5", retry, pause, "the delay loop", "off")),
        CheckTimeRows.DelayLoop<T>(With),
        LogAllFailures<T>(),
        OldRetry<T>(),
    ];

    /// <summary>For a checker that connects nowhere.</summary>
    public static ImmutableArray<Keyword<T>> Timing<T>(string retry)
        where T : CheckerConfig =>
    [
        .. CheckTimeRows.Of<T>(With, new CheckTimeDefaults("5", retry, "1", "the delay loop", "off"))
            .Where(row => row.Name != "connect_timeout"),
        CheckTimeRows.DelayLoop<T>(With),
        LogAllFailures<T>(),
        OldRetry<T>(),
    ];

    /// <summary>Older files have it in every checker, not only where keepalived 2 still takes it.</summary>
    private static Keyword<T> OldRetry<T>()
        where T : CheckerConfig =>
        new("nb_get_retry", Argument.Number(0, int.MaxValue), "the name of retry before keepalived 2", (check, setting) =>
            With(check, times => times with { Retry = setting.Whole }))
        { OldNameOf = "retry" };

    private static Keyword<T> LogAllFailures<T>()
        where T : CheckerConfig =>
        new("log_all_failures", Argument.Boolean, "every failed attempt in the log", (check, setting) =>
            check with { LogAllFailures = setting.Value.IsOn })
        { Default = "checker_log_all_failures" };

    public static ImmutableArray<Keyword<T>> Connection<T>()
        where T : CheckerConfig =>
    [
        new("connect_ip", Argument.Address, "where to connect", (check, setting) =>
            check with { ConnectIp = setting.Value.Address })
        { Default = "the real server's address" },

        new("connect_port", Argument.Number(1, ushort.MaxValue), "the port to connect to", (check, setting) =>
            check with { ConnectPort = (ushort)setting.Whole })
        { Default = "the real server's port" },

        new("bindto", Argument.Address, "where the check comes from", (check, setting) =>
            check with { BindTo = setting.Value.Address })
        { Default = "the system's choice" },

        new("bind_port", Argument.Number(1, ushort.MaxValue), "its port", (check, setting) =>
            check with { BindPort = (ushort)setting.Whole })
        { Default = "the system's choice" },

        new("bind_if", Argument.Interface, "the interface it leaves by", (check, setting) =>
            check with { BindInterface = setting.Value.Text })
        { Default = "the system's choice" },

        new("fwmark", Argument.Number(1, uint.MaxValue), "the firewall mark of its packets", (check, setting) =>
            check with { FirewallMark = (uint)setting.Value.Number })
        { Default = "no mark" },
    ];

    private static T With<T>(T check, Func<CheckTimes, CheckTimes> change)
        where T : CheckerConfig => check with { Times = change(check.Times) };
}
