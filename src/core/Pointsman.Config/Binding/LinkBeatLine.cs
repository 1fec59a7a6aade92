using System.Collections.Immutable;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A line of <c>linkbeat_interfaces</c>: <c>INTERFACE [MII|ETHTOOL|IOCTL]</c>.</summary>
internal static class LinkBeatLine
{
    public const string Form = "INTERFACE [MII|ETHTOOL|IOCTL]";

    public static ImmutableArray<LinkBeatConfig> Take(ImmutableArray<LinkBeatConfig> links, Statement line, DiagnosticSink sink)
    {
        if (!InterfaceName.Check(line.Keyword, sink))
        {
            return links;
        }

        LinkBeatMethod? method = line.Words.Length switch
        {
            1 => LinkBeatMethod.Any,
            2 => line.Words[1].Text switch
            {
                "MII" => LinkBeatMethod.Mii,
                "ETHTOOL" => LinkBeatMethod.Ethtool,
                "IOCTL" => LinkBeatMethod.Ioctl,
                _ => null,
            },
            _ => null,
        };
        if (method is { } known)
        {
            return links.Add(new LinkBeatConfig(line.Keyword.Text, known, line.Keyword.Span));
        }

        ArgumentReader.ReportWrong(line.Words[^1], $"`{Form}`", sink);
        return links;
    }
}
