using System.Collections.Immutable;
using Pointsman.Config.Grammar;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A line of <c>track_script</c> or <c>track_interface</c>: <c>NAME [weight N]</c>.</summary>
internal static class TrackLine
{
    private static readonly Keyword Weight = new Keyword<int>(
        "weight", Argument.Weight(Limits.TrackWeightMost), "what it adds to the priority", (_, setting) => setting.Whole);

    public static ImmutableArray<TrackedScriptConfig> TakeScript(
        ImmutableArray<TrackedScriptConfig> scripts, Statement line, DiagnosticSink sink) =>
        TryReadWeight(line, sink, out int? weight)
            ? scripts.Add(new TrackedScriptConfig(line.Keyword.Text, weight, line.Keyword.Span))
            : scripts;

    public static ImmutableArray<TrackedInterfaceConfig> TakeInterface(
        ImmutableArray<TrackedInterfaceConfig> interfaces, Statement line, DiagnosticSink sink) =>
        InterfaceName.Check(line.Keyword, sink) && TryReadWeight(line, sink, out int? weight)
            ? interfaces.Add(new TrackedInterfaceConfig(line.Keyword.Text, weight ?? 0, line.Keyword.Span))
            : interfaces;

    private static bool TryReadWeight(Statement line, DiagnosticSink sink, out int? weight)
    {
        weight = null;
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
            ArgumentReader.ReportMissing(Weight, line, sink);
            return false;
        }

        if (!NumberArgument.TryRead(Weight, line.Words[2..], sink, out ArgumentValue value))
        {
            return false;
        }

        weight = (int)value.Number;
        return true;
    }
}
