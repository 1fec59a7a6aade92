using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary><c>vrrp_script</c>.</summary>
internal static class ScriptGrammar
{
    public static BlockGrammar<VrrpScriptConfig> Block { get; } = new("vrrp_script",
    [
        new("script", Argument.Command, "program and arguments; exit status 0 is success", (script, setting) =>
            script with { Command = CommandLine.Read(setting) })
        { IsRequired = true },

        new("interval", Argument.Seconds(Limits.SecondsLeast, Limits.SecondsMost), "from one run to the next",
            (script, setting) => script with { Interval = setting.Value.Time })
        { Default = "1" },

        new("timeout", Argument.Seconds(Limits.SecondsLeast, Limits.SecondsMost), "a longer run counts as failure",
            (script, setting) => script with { Timeout = setting.Value.Time })
        { Default = "the interval" },

        new("weight", Argument.Weight(Limits.TrackWeightMost), "what it adds to the priority; 0: failure is a fault",
            (script, setting) => script with { Weight = setting.Whole, Reverse = setting.Value.IsOn })
        { Default = "0" },

        new("rise", Argument.Number(1, int.MaxValue), "successes needed to count as up", (script, setting) =>
            script with { Rise = setting.Whole })
        { Default = "1" },

        new("fall", Argument.Number(1, int.MaxValue), "failures needed to count as down", (script, setting) =>
            script with { Fall = setting.Whole })
        { Default = "1" },

        new("init_fail", Argument.Nothing, "it counts as failed until it has proven itself", (script, _) =>
            script with { InitFail = true }),

        new("user", Argument.UserAndGroup, "who runs it", (script, setting) =>
            script with { User = setting.Value.Texts[0], Group = setting.Value.Texts.ElementAtOrDefault(1) })
        { Default = "script_user" },
    ])
    {
        Blank = () => new VrrpScriptConfig("", default),
    };
}
