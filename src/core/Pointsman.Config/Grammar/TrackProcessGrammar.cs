using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary><c>vrrp_track_process</c>.</summary>
internal static class TrackProcessGrammar
{
    private static readonly Argument Delay = Argument.Seconds(0, 3600);

    public static BlockGrammar<TrackProcessConfig> Block { get; } = new("vrrp_track_process",
    [
        new("process", Argument.Command, "its name, or in quotes its command with parameters", (process, setting) =>
            process with { Command = CommandLine.Read(setting) })
        { IsRequired = true },

        new("param_match", Argument.OptionalTexts("[initial|partial]"), "how its parameters are compared; alone: exactly", TakeMatch)
        { Default = "exact when the command has parameters; else they do not count" },

        new("weight", Argument.Weight(Limits.TrackWeightMost + 1), "what it adds to the priority; 0: its absence is a fault",
            (process, setting) => process with { Weight = setting.Whole, Reverse = setting.Value.IsOn })
        { Default = "0" },

        new("quorum", Argument.Number(1, 65535), "so many must run", (process, setting) => process with { Quorum = setting.Whole })
        { Default = "1" },

        new("quorum_max", Argument.Number(0, 65535), "more are as bad as too few", (process, setting) =>
            process with { QuorumMax = setting.Whole })
        { Default = "any number" },

        new("delay", Delay, "how long a change must last before it counts", (process, setting) =>
            process with { TerminateDelay = setting.Value.Time, ForkDelay = setting.Value.Time })
        { Default = "0" },

        new("terminate_delay", Delay, "the same for too few of them only", (process, setting) =>
            process with { TerminateDelay = setting.Value.Time })
        { Default = "0" },

        new("fork_delay", Delay, "the same for enough of them only", (process, setting) =>
            process with { ForkDelay = setting.Value.Time })
        { Default = "0" },

        new("full_command", Argument.Nothing, "compare the whole first word of the command line", (process, _) =>
            process with { FullCommand = true }),
    ])
    {
        Blank = () => new TrackProcessConfig("", default),
    };

    private static TrackProcessConfig TakeMatch(TrackProcessConfig process, Setting setting)
    {
        switch (setting.Value.Texts.FirstOrDefault("exact"))
        {
            case "exact":
                return process with { Match = ProcessParameterMatch.Exact };
            case "initial":
                return process with { Match = ProcessParameterMatch.Initial };
            case "partial":
                return process with { Match = ProcessParameterMatch.Partial };
            default:
                ArgumentReader.ReportWrong(setting.Statement.Arguments[0], "`initial`, `partial`, or nothing", setting.Sink);
                return process;
        }
    }
}
