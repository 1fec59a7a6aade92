using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A line of <c>unicast_peer</c>: <c>ADDRESS [min_ttl N] [max_ttl N]</c>.</summary>
internal static class PeerLine
{
    public const string Form = "ADDRESS [min_ttl N] [max_ttl N]";

    public static ImmutableArray<UnicastPeerConfig> Take(
        ImmutableArray<UnicastPeerConfig> peers, Statement line, DiagnosticSink sink)
    {
        Word word = line.Keyword;
        if (!IpAddress.TryParse(word.Text, out IpAddress address))
        {
            ArgumentReader.ReportWrong(word, "an IP address", sink, "expected the address of another node");
            return peers;
        }

        if (!ArgumentReader.IsHostAddress(address, word, sink))
        {
            return peers;
        }

        var peer = new UnicastPeerConfig(address, null, null, word.Span);
        for (int i = 1; i < line.Words.Length; i += 2)
        {
            if (!TakeOption(ref peer, line.Words[i], i + 1 < line.Words.Length ? line.Words[i + 1] : null, sink))
            {
                return peers;
            }
        }

        return peers.Add(peer);
    }

    private static bool TakeOption(ref UnicastPeerConfig peer, Word option, Word? value, DiagnosticSink sink)
    {
        if (option.Text is not ("min_ttl" or "max_ttl"))
        {
            return ArgumentReader.ReportWrong(option, "an option of a unicast peer (min_ttl, max_ttl)", sink);
        }

        if (value is not { } word)
        {
            sink.Report(DiagnosticCatalogue.MissingArgument, option.Span, option.Text, "a whole number from 0 to 255");
            return false;
        }

        if (!byte.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out byte limit))
        {
            return ArgumentReader.ReportWrong(word, "a whole number from 0 to 255", sink);
        }

        peer = option.Text == "min_ttl" ? peer with { MinTtl = limit } : peer with { MaxTtl = limit };
        return true;
    }
}
