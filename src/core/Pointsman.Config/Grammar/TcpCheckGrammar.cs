using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary><c>TCP_CHECK</c>.</summary>
internal static class TcpCheckGrammar
{
    private static readonly Argument RetryCount = Argument.Number(0, int.MaxValue);

    public static BlockGrammar<TcpCheckConfig> Block { get; } = new("TCP_CHECK",
    [
        new("connect_ip", Argument.Address, "where to connect", (check, setting) =>
            check with { ConnectIp = setting.Value.Address })
        { Default = "the real server's address" },

        new("connect_port", Argument.Number(1, ushort.MaxValue), "the port to connect to", (check, setting) =>
            check with { ConnectPort = (ushort)setting.Whole })
        { Default = "the real server's port" },

        new("connect_timeout", Argument.Seconds(Limits.SecondsLeast, Limits.SecondsMost), "patience with one attempt",
            (check, setting) => check with { ConnectTimeout = setting.Value.Time })
        { Default = "5" },

        new("retry", RetryCount, "further attempts before it counts as down", (check, setting) =>
            check with { Retry = setting.Whole })
        { Default = "1" },

        new("nb_get_retry", RetryCount, "the name of retry before keepalived 2", (check, setting) =>
            check with { Retry = setting.Whole })
        { OldNameOf = "retry" },

        new("delay_before_retry", Argument.Seconds(0, Limits.SecondsMost), "wait between two attempts", (check, setting) =>
            check with { DelayBeforeRetry = setting.Value.Time })
        { Default = "1" },

        new("delay_loop", Argument.Seconds(Limits.SecondsLeast, Limits.SecondsMost), "from one check to the next",
            (check, setting) => check with { DelayLoop = setting.Value.Time })
        { Default = "the virtual server's" },

        new("warmup", Argument.Seconds(0, Limits.SecondsMost), "the first check waits a random part of this",
            (check, setting) => check with { Warmup = setting.Value.Time })
        { Default = "the delay loop" },
    ]);
}
