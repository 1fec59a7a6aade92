using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Config.Grammar;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>Decimal numbers within the row's range: whole ones, weights, and seconds with a fraction.</summary>
internal static class NumberArgument
{
    // More digits than any range has; longer texts are no numbers worth converting.
    private const int DigitsLimit = 20;

    public static bool TryRead(Keyword keyword, ImmutableArray<Word> words, DiagnosticSink sink, out ArgumentValue value)
    {
        value = new ArgumentValue();
        Argument argument = keyword.Argument;
        if (words.IsEmpty)
        {
            return true;
        }

        bool isWhole = argument.Kind is ArgumentKind.Number or ArgumentKind.Weight;
        if (!TryParse(words[0].Text, isWhole, out decimal number))
        {
            return ArgumentReader.ReportWrong(words[0], argument.Description, sink);
        }

        if (number < argument.Minimum || number > argument.Maximum)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.OutOfRange, words[0].Span, keyword.Name, words[0].Text, argument.Range) with
            {
                Label = $"must be {argument.Description}",
            });
            return false;
        }

        bool isReverse = argument.Kind == ArgumentKind.Weight && words.Length > 1 && words[1].Text == "reverse";
        bool saysWay = isReverse || (argument.Kind == ArgumentKind.Weight && words.Length > 1 && words[1].Text == "noreverse");
        value = new ArgumentValue { Number = number, IsOn = isReverse, TakenCount = saysWay ? 2 : 1 };
        return true;
    }

    public static bool TryParse(string text, bool isWhole, out decimal number)
    {
        number = 0;
        NumberStyles styles = NumberStyles.AllowLeadingSign | (isWhole ? NumberStyles.None : NumberStyles.AllowDecimalPoint);
        return text.Length <= DigitsLimit
            && !text.StartsWith('+')
            && !text.EndsWith('\0')     // which .NET forgives
            && decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out number);
    }
}
