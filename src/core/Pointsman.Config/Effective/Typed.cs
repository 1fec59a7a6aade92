using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Pointsman.Config.Effective;

/// <summary>Values as one would type them, so that reading gives them back.</summary>
internal static class Typed
{
    private const string PlainMarks = "-_./:,+=@%*?^&|~;()[]<>";

    /// <summary>What stands behind the keyword; null where nothing can be typed for it.</summary>
    public static string? Argument(EffectiveValue value) => value switch
    {
        EffectiveValue.Number number => number.Value.ToString(CultureInfo.InvariantCulture),
        EffectiveValue.Seconds seconds => Seconds(seconds.Value),
        EffectiveValue.Text text => Word(text.Value),
        EffectiveValue.Words words => string.Join(' ', words.Values.Select(Word)),
        EffectiveValue.Command command => Command(command.Parts),
        EffectiveValue.Pattern pattern => CommandPart(pattern.Value, isAlone: false),
        EffectiveValue.Script script => string.Join(' ', [Quoted(script.Parts), .. new[] { script.User, script.Group }.OfType<string>().Select(Word)]),
        EffectiveValue.Weight weight => $"{weight.Value.ToString(CultureInfo.InvariantCulture)}{(weight.IsReverse ? " reverse" : "")}",
        EffectiveValue.Flag flag => flag.IsOn ? "" : null,
        EffectiveValue.Switch choice => choice.IsOn ? "on" : "off",
        EffectiveValue.Entries or EffectiveValue.Absent => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The line that opens the block, without its brace.</summary>
    public static string Header(EffectiveBlock block) =>
        block.Keyword + string.Concat(block.Header.Select(word => $" {Argument(word.Value)}"));

    public static string Line(EffectiveEntry entry)
    {
        var line = new StringBuilder(entry.IsWhole ? entry.Entry : Word(entry.Entry));
        foreach (EffectiveSetting option in entry.Options)
        {
            if (Argument(option.Value) is { } argument)
            {
                line.Append(' ').Append(option.Name).Append(argument.Length == 0 ? "" : $" {argument}");
            }
        }

        return line.ToString();
    }

    public static string Seconds(TimeSpan time) =>
        ((decimal)time.Ticks / TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture);

    /// <summary>In double quotes where a blank, a brace or a comment's mark would end it.</summary>
    public static string Word(string word) => word.Length > 0 && word.All(IsPlain) ? word : $"\"{word}\"";

    // A command in quotes is cut at its blanks after the line was cut at its quotes: escapes are read twice.
    private static string Quoted(ImmutableArray<string> parts)
    {
        if (parts.Length == 1 && parts[0].Length > 0 && parts[0].All(IsPlain))
        {
            return parts[0];
        }

        string command = string.Join(' ', parts.Select(part => part.Length == 0 ? "''" : Escaped(part, isAlone: true)));
        return $"\"{command.Replace("\\", "\\134", StringComparison.Ordinal)}\"";
    }

    // Double quotes keep the reader from seeing marks and braces; what they cannot hold is told by its octal number.
    private static string Command(ImmutableArray<string> parts) =>
        string.Join(' ', parts.Select(part => CommandPart(part, isAlone: parts.Length == 1)));

    // A line of one quoted word is a whole command, cut at its blanks.
    private static string CommandPart(string part, bool isAlone)
    {
        if (part.Length > 0 && part.All(IsPlain))
        {
            return part;
        }

        return $"\"{Escaped(part, isAlone)}\"";
    }

    private static string Escaped(string part, bool isAlone)
    {
        var text = new StringBuilder();
        foreach (char letter in part)
        {
            bool isEscaped = char.IsControl(letter) || letter is '"' or '\\' or '\'' or '$' || letter is > '\x7e' and <= '\xff'
                || (isAlone && char.IsWhiteSpace(letter));
            text.Append(isEscaped ? $"\\{Convert.ToString(letter, 8).PadLeft(3, '0')}" : letter);
        }

        return text.ToString();
    }

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || PlainMarks.Contains(letter);
}
