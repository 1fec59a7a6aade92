using System.Collections.Immutable;
using Pointsman.Config.Grammar;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A method of forwarding, and of a tunnel its type. The text of the value is the name of its kind.</summary>
internal static class ForwardingArgument
{
    private static readonly ImmutableArray<string> s_methods = ["NAT", "DR", "TUN"];
    private const string Form = "`type ipip`, `type gre` or `type gue port N`";
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

        return TryReadTunnel(keyword, words, sink, out value);
    }

    // keepalived takes what stands behind in any order, and the last word of a kind.
    private static bool TryReadTunnel(Keyword keyword, ImmutableArray<Word> words, DiagnosticSink sink, out ArgumentValue value)
    {
        value = default;
        (Word Word, string Text) type = (words[0], "ipip");
        (Word? Word, string Text) checksum = (null, "nocsum");
        (Word? Word, ushort Number) port = (null, 0);
        for (int at = 1; at < words.Length; at++)
        {
            switch (words[at].Text)
            {
                case "type" when at + 1 < words.Length && s_types.Contains(words[at + 1].Text):
                    type = (words[at + 1], words[++at].Text);
                    break;
                case "type" when at + 1 < words.Length:
                    return ReportOther(words[at + 1], "a type of tunnel: ipip, gre or gue", s_types, sink);
                case "port" when at + 1 < words.Length:
                    if (!EndpointArgument.TryReadPort(keyword, words[++at], sink, out ushort number))
                    {
                        return false;
                    }

                    port = (words[at], number);
                    break;
                case "nocsum" or "csum" or "remcsum":
                    checksum = (words[at], words[at].Text);
                    break;
                default:
                    return ArgumentReader.ReportWrong(words[at], at == 1 ? Form : "`port N`, `nocsum`, `csum` or `remcsum`", sink);
            }
        }

        if (type.Text == "gue" && port.Word is null)
        {
            return ArgumentReader.ReportWrong(type.Word, "`gue port N`", sink, "a port must follow", "type `gue port 6080`, the port it is heard at");
        }

        if (type.Text != "gue" && port.Word is { } misplaced)
        {
            return ArgumentReader.ReportWrong(misplaced, Form, sink, "only of gue", "leave `port` out, or type `type gue`");
        }

        if (KindOf(type.Text, checksum.Text) is not { } kind)
        {
            return ArgumentReader.ReportWrong(
                checksum.Word!.Value, type.Text == "gre" ? "`nocsum` or `csum`" : "`TUN type ipip` alone", sink, "no tunnel of this type has one");
        }

        value = new ArgumentValue { Text = kind.ToString(), Port = port.Number, TakenCount = words.Length };
        return true;
    }

    private static LoadBalanceKind? KindOf(string type, string checksum) => (type, checksum) switch
    {
        ("ipip", "nocsum") => LoadBalanceKind.Tun,
        ("gre", "nocsum") => LoadBalanceKind.TunGre,
        ("gre", "csum") => LoadBalanceKind.TunGreCsum,
        ("gue", "nocsum") => LoadBalanceKind.TunGue,
        ("gue", "csum") => LoadBalanceKind.TunGueCsum,
        ("gue", _) => LoadBalanceKind.TunGueRemcsum,
        _ => null,
    };

    private static bool ReportOther(Word word, string description, ImmutableArray<string> known, DiagnosticSink sink)
    {
        string? near = EditDistance.Nearest(word.Text, known);
        return ArgumentReader.ReportWrong(word, description, sink, near is null ? null : $"did you mean `{near}`?");
    }
}
