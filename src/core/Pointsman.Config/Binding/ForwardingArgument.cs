using System.Collections.Immutable;
using Pointsman.Config.Grammar;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A method of forwarding, and of a tunnel its type. The text of the value is the name of its kind.</summary>
internal static class ForwardingArgument
{
    private static readonly ImmutableArray<string> s_methods = ["NAT", "DR", "TUN"];
    private static readonly ImmutableArray<string> s_types = ["ipip", "gre", "gue"];

    public static bool TryRead(Keyword keyword, ImmutableArray<Word> words, DiagnosticSink sink, out ArgumentValue value)
    {
        string method = words[0].Text;
        value = new ArgumentValue { Text = method == "DR" ? nameof(LoadBalanceKind.Dr) : nameof(LoadBalanceKind.Nat), TakenCount = 1 };
        if (!s_methods.Contains(method))
        {
            return ReportOther(words[0], "`NAT`, `DR` or `TUN`", s_methods, sink);
        }

        if (method != "TUN")
        {
            return true;
        }

        value = new ArgumentValue { Text = nameof(LoadBalanceKind.Tun), TakenCount = 1 };
        if (words.Length == 1)
        {
            return true;
        }

        if (words[1].Text != "type" || words.Length == 2)
        {
            return ArgumentReader.ReportWrong(words[1], "`type ipip`, `type gre` or `type gue port N`", sink);
        }

        return TryReadType(keyword, words, sink, out value) && TakeChecksum(keyword, words, sink, ref value);
    }

    private static bool TryReadType(Keyword keyword, ImmutableArray<Word> words, DiagnosticSink sink, out ArgumentValue value)
    {
        value = new ArgumentValue { TakenCount = 3 };
        switch (words[2].Text)
        {
            case "ipip":
                value = value with { Text = nameof(LoadBalanceKind.Tun) };
                return true;
            case "gre":
                value = value with { Text = nameof(LoadBalanceKind.TunGre) };
                return true;
            case "gue" when words.Length < 5 || words[3].Text != "port":
                return ArgumentReader.ReportWrong(words[2], "`gue port N`", sink, "a port must follow", "type `gue port 6080`, the port it is heard at");
            case "gue":
                if (!EndpointArgument.TryReadPort(keyword, words[4], sink, out ushort port))
                {
                    return false;
                }

                value = value with { Text = nameof(LoadBalanceKind.TunGue), Port = port, TakenCount = 5 };
                return true;
            default:
                return ReportOther(words[2], "a type of tunnel: ipip, gre or gue", s_types, sink);
        }
    }

    // Checksums of the outer packet are off unless they are asked for, and the inner one has its own.
    private static bool TakeChecksum(Keyword keyword, ImmutableArray<Word> words, DiagnosticSink sink, ref ArgumentValue value)
    {
        if (words.Length == value.TakenCount || value.Text == nameof(LoadBalanceKind.Tun))
        {
            return true;
        }

        Word word = words[value.TakenCount];
        if (word.Text is "csum" or "remcsum")
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.ValueNotSupportedYet, word.Span, keyword.Name, word.Text) with
            {
                Label = "here: nocsum",
            });
            return false;
        }

        value = value with { TakenCount = value.TakenCount + (word.Text == "nocsum" ? 1 : 0) };
        return true;
    }

    private static bool ReportOther(Word word, string description, ImmutableArray<string> known, DiagnosticSink sink)
    {
        string? near = EditDistance.Nearest(word.Text, known);
        return ArgumentReader.ReportWrong(word, description, sink, near is null ? null : $"did you mean `{near}`?");
    }
}
