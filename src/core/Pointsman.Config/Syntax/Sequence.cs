using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Pointsman.Config.Syntax;

/// <summary><c>~SEQ(NAME, [START, [STEP,]] END) TEXT</c> and <c>~LST(NAME, VALUE, ...) TEXT</c>.</summary>
/// <param name="Names">What each round binds; several only for a list of groups.</param>
/// <param name="Text">What is repeated.</param>
/// <param name="Place">The head, with its parentheses.</param>
/// <param name="Rounds">The values of each round, made one by one: there may be billions.</param>
internal sealed record Sequence(
    ImmutableArray<string> Names, ExpandedLine Text, SourceSpan Place, Func<IEnumerable<ImmutableArray<string>>> Rounds)
{
    private const string NumberForm = "type `~SEQ(NAME, START, STEP, END) TEXT`; START and STEP may be left out";
    private const string ListForm = "type `~LST(NAME, VALUE, ...) TEXT`, or `~LST({NAME, NAME}, {VALUE, VALUE}, ...) TEXT`";

    /// <param name="replace">Replaces the references in the head, which may hold numbers.</param>
    public static bool TryRead(
        ExpandedLine line, Func<ExpandedLine, ExpandedLine> replace, DiagnosticSink sink, [NotNullWhen(true)] out Sequence? sequence)
    {
        sequence = null;
        string text = line.Text;
        int first = line.First;
        bool isList = text.AsSpan(first).StartsWith("~LST", StringComparison.Ordinal);
        bool isHex = text.AsSpan(first).StartsWith("~SEQx", StringComparison.Ordinal);
        int open = first + (isHex ? 5 : 4);
        while (open < text.Length && text[open] is ' ' or '\t')
        {
            open++;
        }

        int close = text.IndexOf(')', first);
        bool isNamed = isList || text.AsSpan(first).StartsWith("~SEQ", StringComparison.Ordinal);
        if (!isNamed || open >= text.Length || text[open] != '(' || close < 0 || line.Slice(close + 1).IsEmpty)
        {
            string why = !isNamed ? "sequences are called `~SEQ`, `~SEQx` and `~LST`"
                : close < 0 || open >= text.Length || text[open] != '(' ? "its values stand in parentheses"
                : "nothing follows that could be repeated";
            return Refuse(line.PlaceFrom(first), text, why, isList, sink);
        }

        SourceSpan place = line.SpanOf(first, close + 1 - first);
        string head = replace(line.Slice(open + 1, close)).Text;
        ExpandedLine rest = line.Slice(close + 1);
        sequence = isList
            ? ReadList(head, rest, place, sink)
            : ReadNumbers(head, rest, place, isHex, sink);
        return sequence is not null;
    }

    private static Sequence? ReadNumbers(string head, ExpandedLine rest, SourceSpan place, bool isHex, DiagnosticSink sink)
    {
        string[] parts = head.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new long[Math.Max(0, parts.Length - 1)];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!TryParseNumber(parts[i + 1], out numbers[i]))
            {
                Refuse(place, head, $"`{parts[i + 1]}` is no number", isList: false, sink);
                return null;
            }
        }

        (long start, long step, long end) = numbers switch
        {
            [long only] => (only < 0 ? -1 : 1, only < 1 ? -1 : 1, only),
            [long from, long to] => (from, from <= to ? 1 : -1, to),
            [long from, long by, long to] => (from, by, to),
            _ => (0L, 0L, 0L),
        };
        string? why = numbers.Length is 0 or > 3 ? "one to three numbers follow the name"
            : !IsName(parts[0]) ? $"`{parts[0]}` is no name"
            : step == 0 || (start < end && step < 0) || (start > end && step > 0) ? $"steps of {step} do not lead from {start} to {end}"
            : isHex && (start < 0 || end < 0) ? "hexadecimal numbers have no sign"
            : null;
        if (why is not null)
        {
            Refuse(place, head, why, isList: false, sink);
            return null;
        }

        return new Sequence([parts[0]], rest, place, () => Numbers(start, step, end, isHex));
    }

    private static IEnumerable<ImmutableArray<string>> Numbers(long start, long step, long end, bool isHex)
    {
        // Counted wider than the numbers are, so that the last step cannot go round.
        for (Int128 number = start; step > 0 ? number <= end : number >= end; number += step)
        {
            yield return [((long)number).ToString(isHex ? "x" : "d", CultureInfo.InvariantCulture)];
        }
    }

    private static Sequence? ReadList(string head, ExpandedLine rest, SourceSpan place, DiagnosticSink sink)
    {
        List<ImmutableArray<string>>? groups = Groups(head);
        string? why = groups is null ? "a `{` or a `}` is missing"
            : groups.Count < 2 ? "values follow the name"
            : groups[0].FirstOrDefault(name => !IsName(name)) is { } wrong ? $"`{wrong}` is no name"
            : groups.Find(group => group.Length != groups[0].Length) is { IsDefault: false } odd
                ? $"`{string.Join(", ", odd)}` has not as many values as there are names"
            : null;
        if (why is not null)
        {
            Refuse(place, head, why, isList: true, sink);
            return null;
        }

        return new Sequence(groups![0], rest, place, () => groups.Skip(1));
    }

    /// <summary><c>a, {b, c}</c> as two groups; null when the braces do not match.</summary>
    private static List<ImmutableArray<string>>? Groups(string head)
    {
        var groups = new List<ImmutableArray<string>>();
        int at = 0;
        while (at < head.Length)
        {
            int start = at;
            while (start < head.Length && head[start] is ' ' or '\t')
            {
                start++;
            }

            bool isGroup = start < head.Length && head[start] == '{';
            int end = head.IndexOf(isGroup ? '}' : ',', start);
            if (isGroup && end < 0)
            {
                return null;
            }

            end = end < 0 ? head.Length : end;
            groups.Add(isGroup
                ? [.. head[(start + 1)..end].Split(',', StringSplitOptions.TrimEntries)]
                : [head[start..end].Trim()]);
            at = head.IndexOf(',', end);
            at = at < 0 ? head.Length : at + 1;
        }

        return groups;
    }

    private static bool IsName(string name) => name.Length > 0 && Reference.EndOfName(name, 0) == name.Length;

    // Decimal, 0x hexadecimal or 0 octal, with or without a sign.
    private static bool TryParseNumber(string text, out long number)
    {
        bool isNegative = text.StartsWith('-');
        string digits = isNegative || text.StartsWith('+') ? text[1..] : text;
        bool isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool isOctal = !isHex && digits.Length > 1 && digits[0] == '0';
        bool isRead = isHex
            ? long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number >= 0
            : isOctal ? TryParseOctal(digits, out number)
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        number = isNegative ? -number : number;
        return isRead;
    }

    private static bool TryParseOctal(string digits, out long number)
    {
        number = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7' || number > long.MaxValue >> 3)
            {
                return false;
            }

            number = (number << 3) + (digit - '0');
        }

        return true;
    }

    private static bool Refuse(SourceSpan place, string text, string why, bool isList, DiagnosticSink sink)
    {
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.SequenceForm, place, text.Trim()) with
        {
            Label = why,
            Hint = isList ? ListForm : NumberForm,
        });
        return false;
    }
}
