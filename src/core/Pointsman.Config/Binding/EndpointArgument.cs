using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Grammar;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>An address and a port; for mail also a host name.</summary>
internal static class EndpointArgument
{
    /// <summary>The data path has as many next hops for marks.</summary>
    private const uint HighestMark = (1 << 28) - 1;

    public static bool TryRead(Keyword keyword, Statement statement, DiagnosticSink sink, out ArgumentValue value)
    {
        value = new ArgumentValue();
        ImmutableArray<Word> words = statement.Arguments;
        IpAddress address = default;
        if (keyword.Name == "virtual_server" && words[0].Text == "group")
        {
            return TryReadGroup(keyword, statement, sink, out value);
        }

        if (keyword.Name == "virtual_server" && words[0].Text == "fwmark")
        {
            return TryReadMark(keyword, statement, sink, out value);
        }

        if (keyword.Argument.Kind == ArgumentKind.Endpoint && !TryReadAddress(words[0], sink, out address))
        {
            return false;
        }

        ushort port = 0;
        if (words.Length > 1)
        {
            if (!TryReadPort(keyword, words[1], sink, out port))
            {
                return false;
            }
        }
        else if (keyword.Argument.Kind == ArgumentKind.Endpoint && !keyword.Argument.IsPortOptional)
        {
            ArgumentReader.ReportMissing(keyword, statement, sink);
            return false;
        }

        value = new ArgumentValue
        {
            Text = words[0].Text,
            Address = address,
            Port = port,
            TakenCount = Math.Min(2, words.Length),
        };
        return true;
    }

    private static bool TryReadGroup(Keyword keyword, Statement statement, DiagnosticSink sink, out ArgumentValue value)
    {
        value = new ArgumentValue { Text = "group", TakenCount = 2 };
        if (statement.Arguments.Length > 1)
        {
            return true;
        }

        ArgumentReader.ReportMissing(keyword, statement, sink);
        return false;
    }

    private static bool TryReadMark(Keyword keyword, Statement statement, DiagnosticSink sink, out ArgumentValue value)
    {
        value = new ArgumentValue();
        if (statement.Arguments.Length < 2)
        {
            ArgumentReader.ReportMissing(keyword, statement, sink);
            return false;
        }

        bool isRead = TryReadMark(statement.Arguments[1], sink, out uint mark);
        value = new ArgumentValue { Text = "fwmark", Number = mark, TakenCount = 2 };
        return isRead;
    }

    internal static bool TryReadMark(Word word, DiagnosticSink sink, out uint mark)
    {
        bool isNumber = uint.TryParse(word.Text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out mark);
        return (isNumber && mark is >= 1 and <= HighestMark)
            || ArgumentReader.ReportWrong(word, $"a mark from 1 to {HighestMark}", sink);
    }

    private static bool TryReadAddress(Word word, DiagnosticSink sink, out IpAddress address)
    {
        if (IpAddress.TryParse(word.Text, out address))
        {
            return ArgumentReader.IsHostAddress(address, word, sink);
        }

        int colon = word.Text.IndexOf(':', StringComparison.Ordinal);
        string? hint = colon > 0 && IpAddress.TryParse(word.Text.AsSpan(0, colon), out _)
            ? $"type `{word.Text[..colon]} {word.Text[(colon + 1)..]}`: a blank stands between address and port"
            : null;
        return ArgumentReader.ReportWrong(word, "an IP address", sink, "names are not looked up", hint);
    }

    internal static bool TryReadPort(Keyword keyword, Word word, DiagnosticSink sink, out ushort port)
    {
        port = 0;
        if (!NumberArgument.TryParse(word.Text, isWhole: true, out decimal number))
        {
            return ArgumentReader.ReportWrong(word, "a port", sink);
        }

        // Where it may be left out, zero says the same.
        int least = keyword.Argument.IsPortOptional ? 0 : 1;
        if (number < least || number > ushort.MaxValue)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.OutOfRange, word.Span, $"{keyword.Name} ...", word.Text, $"{least}..65535") with
            {
                Label = "must be a port",
            });
            return false;
        }

        port = (ushort)number;
        return true;
    }
}
