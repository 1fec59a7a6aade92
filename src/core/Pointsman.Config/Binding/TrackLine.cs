using System.Collections.Immutable;
using Pointsman.Config.Grammar;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A line of <c>track_script</c>, <c>track_interface</c> and the like: <c>NAME [weight N [reverse]]</c>.</summary>
internal static class TrackLine
{
    public const string Options = "[weight N [reverse]]";

    private static readonly Keyword Weight = new Keyword<int>(
        "weight", Argument.Weight(Limits.TrackWeightMost), "what it adds to the priority", (_, setting) => setting.Whole);

    private static readonly Keyword WideWeight = new Keyword<int>(
        "weight", Argument.Weight(Limits.TrackWeightMost + 1), "what it adds to the priority", (_, setting) => setting.Whole);

    public static ImmutableArray<TrackedScriptConfig> TakeScript(
        ImmutableArray<TrackedScriptConfig> scripts, Statement line, DiagnosticSink sink) =>
        TryReadWeight(line, Weight, sink, out int? weight, out bool reverse)
            ? scripts.Add(new TrackedScriptConfig(line.Keyword.Text, weight, line.Keyword.Span) { Reverse = reverse })
            : scripts;

    public static ImmutableArray<TrackedInterfaceConfig> TakeInterface(
        ImmutableArray<TrackedInterfaceConfig> interfaces, Statement line, DiagnosticSink sink) =>
        InterfaceName.Check(line.Keyword, sink) && TryReadWeight(line, Weight, sink, out int? weight, out bool reverse)
            ? interfaces.Add(new TrackedInterfaceConfig(line.Keyword.Text, weight ?? 0, line.Keyword.Span) { Reverse = reverse })
            : interfaces;

    /// <summary>A file or a process.</summary>
    public static ImmutableArray<TrackedThingConfig> TakeThing(
        ImmutableArray<TrackedThingConfig> things, Statement line, DiagnosticSink sink) =>
        TryReadWeight(line, WideWeight, sink, out int? weight, out bool reverse)
            ? things.Add(new TrackedThingConfig(line.Keyword.Text, weight, line.Keyword.Span) { Reverse = reverse })
            : things;

    private static bool TryReadWeight(Statement line, Keyword keyword, DiagnosticSink sink, out int? weight, out bool reverse)
    {
        weight = null;
        reverse = false;
        if (line.Words.Length == 1)
        {
            return true;
        }

        Word option = line.Words[1];
        if (option.Text != "weight")
        {
            return ArgumentReader.ReportWrong(
                option, "`weight`", sink, "after the name stands nothing, or `weight N`", "put each name on a line of its own");
        }

        if (line.Words.Length == 2)
        {
            ArgumentReader.ReportMissing(keyword, line, sink);
            return false;
        }

        if (!NumberArgument.TryRead(keyword, line.Words[2..], sink, out ArgumentValue value))
        {
            return false;
        }

        if (line.Words.Length > 2 + value.TakenCount)
        {
            return ArgumentReader.ReportWrong(
                line.Words[2 + value.TakenCount], "`reverse`", sink, "after the weight stands nothing, or `reverse`", "put each name on a line of its own");
        }

        weight = (int)value.Number;
        reverse = value.IsOn;
        return true;
    }
}
