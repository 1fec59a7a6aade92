using System.Collections.Immutable;
using Pointsman.Config.Grammar;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A line of <c>interface_up_down_delays</c>: <c>INTERFACE DOWN [UP]</c>, in seconds.</summary>
internal static class LinkDelayLine
{
    public const string Form = "INTERFACE SECONDS_DOWN [SECONDS_UP]";

    private static readonly Keyword Delay = new Keyword<int>(
        "interface_up_down_delays", Argument.Seconds(0, 255), "how long a state of the link must last", (_, setting) => setting.Whole);

    public static ImmutableArray<LinkDelayConfig> Take(
        ImmutableArray<LinkDelayConfig> delays, Statement line, DiagnosticSink sink)
    {
        if (!InterfaceName.Check(line.Keyword, sink))
        {
            return delays;
        }

        if (line.Words.Length is < 2 or > 3)
        {
            ArgumentReader.ReportWrong(line.Words[^1], $"`{Form}`", sink);
            return delays;
        }

        // keepalived's manual says that a missing second number is the first; its code takes zero.
        ArgumentValue up = new();
        return NumberArgument.TryRead(Delay, line.Words[1..], sink, out ArgumentValue down)
            && NumberArgument.TryRead(Delay, line.Words[2..], sink, out up)
            ? delays.Add(new LinkDelayConfig(line.Keyword.Text, down.Time, up.Time, line.Keyword.Span))
            : delays;
    }
}
