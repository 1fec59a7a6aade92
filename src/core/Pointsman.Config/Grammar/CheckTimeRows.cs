using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>The timing of checks, which <c>virtual_server</c> and <c>real_server</c> hand down to their checkers.</summary>
internal static class CheckTimeRows
{
    /// <param name="with">Changes the times of the block's model.</param>
    /// <param name="absent">What counts where a row is absent; null: each checker's own default.</param>
    public static ImmutableArray<Keyword<T>> Of<T>(Func<T, Func<CheckTimes, CheckTimes>, T> with, CheckTimeDefaults absent) =>
    [
        new("connect_timeout", Argument.Seconds(Limits.SecondsLeast, Limits.SecondsMost), "patience with one attempt",
            (block, setting) => with(block, times => times with { ConnectTimeout = setting.Value.Time }))
        { Default = absent.ConnectTimeout },

        new("retry", Argument.Number(0, int.MaxValue), "further attempts before it counts as down",
            (block, setting) => with(block, times => times with { Retry = setting.Whole }))
        { Default = absent.Retry },

        new("delay_before_retry", Argument.Seconds(0, Limits.SecondsMost), "wait between two attempts",
            (block, setting) => with(block, times => times with { DelayBeforeRetry = setting.Value.Time }))
        { Default = absent.DelayBeforeRetry },

        new("warmup", Argument.Seconds(0, Limits.SecondsMost), "the first check waits a random part of this",
            (block, setting) => with(block, times => times with { Warmup = setting.Value.Time }))
        { Default = absent.Warmup },

        new("alpha", Argument.Boolean, "down until a check has succeeded",
            (block, setting) => with(block, times => times with { Alpha = setting.Value.IsOn }))
        { Default = absent.Alpha },
    ];

    /// <summary>For blocks whose delay loop is no setting of their own.</summary>
    public static Keyword<T> DelayLoop<T>(Func<T, Func<CheckTimes, CheckTimes>, T> with) =>
        new("delay_loop", Argument.Seconds(Limits.SecondsLeast, Limits.SecondsMost), "from one check to the next",
            (block, setting) => with(block, times => times with { DelayLoop = setting.Value.Time }))
        { Default = "the virtual server's" };
}

/// <summary>What a manual says of absent times.</summary>
internal sealed record CheckTimeDefaults(
    string ConnectTimeout, string Retry, string DelayBeforeRetry, string Warmup, string Alpha)
{
    public static CheckTimeDefaults VirtualServer { get; } = new("5", "1", "1", "delay_loop", "off");

    public static CheckTimeDefaults RealServer { get; } = new(
        "the virtual server's", "the virtual server's", "the virtual server's", "the virtual server's", "the virtual server's");
}
