using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Grammar;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>Reads the words after a keyword as the kind of argument its row names.</summary>
internal static class ArgumentReader
{
    public static bool TryRead(
        Keyword keyword, Statement statement, BlockGrammar grammar, DiagnosticSink sink, out ArgumentValue value)
    {
        value = new ArgumentValue();
        Argument argument = keyword.Argument;
        ImmutableArray<Word> words = statement.Arguments;
        bool isOptional = argument.MayBeEmpty || argument.Kind is ArgumentKind.Nothing or ArgumentKind.Boolean or ArgumentKind.OptionalSeconds
            || (argument.Kind == ArgumentKind.Texts && statement.Body is not null);
        if (words.IsEmpty && !isOptional)
        {
            ReportMissing(keyword, statement, sink);
            return false;
        }

        switch (argument.Kind)
        {
            case ArgumentKind.Nothing:
                return true;
            case ArgumentKind.Boolean:
                return BooleanArgument.TryRead(words, grammar, sink, out value);
            case ArgumentKind.Number or ArgumentKind.Weight or ArgumentKind.Seconds or ArgumentKind.OptionalSeconds:
                return NumberArgument.TryRead(keyword, words, sink, out value);
            case ArgumentKind.Forwarding:
                return ForwardingArgument.TryRead(keyword, words, sink, out value);
            case ArgumentKind.Choice:
                return ChoiceArgument.TryRead(keyword, words[0], sink, out value);
            case ArgumentKind.Address or ArgumentKind.Netmask:
                return AddressArgument.TryRead(argument, words[0], sink, out value);
            case ArgumentKind.Endpoint or ArgumentKind.Host:
                return EndpointArgument.TryRead(keyword, statement, sink, out value);
            case ArgumentKind.Interface:
                value = new ArgumentValue { Text = words[0].Text, TakenCount = 1 };
                return InterfaceName.Check(words[0], sink);
            case ArgumentKind.Text:
                value = new ArgumentValue { Text = words[0].Text, TakenCount = 1 };
                return true;
            case ArgumentKind.Texts or ArgumentKind.Command:
                value = new ArgumentValue { Texts = [.. words.Select(word => word.Text)], TakenCount = words.Length };
                return true;
            case ArgumentKind.UserAndGroup:
                int takenCount = Math.Min(2, words.Length);
                value = new ArgumentValue { Texts = [.. words.Take(2).Select(word => word.Text)], TakenCount = takenCount };
                return true;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public static void ReportMissing(Keyword keyword, Statement statement, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(
            DiagnosticCatalogue.MissingArgument, statement.HeaderSpan, keyword.Name, keyword.Argument.Description) with
        {
            Label = "nothing follows it on this line",
        });

    /// <summary>Complains that a word is not what the argument asks for.</summary>
    public static bool ReportWrong(Word word, string description, DiagnosticSink sink, string? label = null, string? hint = null)
    {
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.WrongArgument, word.Span, word.Text, description) with
        {
            Label = label,
            Hint = hint ?? (label is null ? $"type {description}" : null),
        });
        return false;
    }

    /// <summary>False, with a complaint, for what no machine's interface can have.</summary>
    public static bool IsHostAddress(IpAddress address, Word word, DiagnosticSink sink)
    {
        if (!address.IsV4)
        {
            bool isHost = !address.IsMulticast && address != IpAddress.FromV6Bits(0) && address != IpAddress.FromV6Bits(1);
            return isHost || ReportWrong(word, "an address a machine can have", sink);
        }

        // RFC 6890: 0.0.0.0/8 is "this network", 224.0.0.0/4 multicast, 240.0.0.0/4 reserved.
        uint firstByte = address.V4Bits >> 24;
        return firstByte is > 0 and < 224 || ReportWrong(word, "an address a machine can have", sink);
    }
}
