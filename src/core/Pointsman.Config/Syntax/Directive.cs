using System.Collections.Frozen;
using Pointsman.Config.Grammar;

namespace Pointsman.Config.Syntax;

/// <summary>
/// Settings keepalived does not have are typed in comments, which it skips: <c>#pointsman: NAME VALUE</c>. The mark and the
/// name are one keyword, with a row in the keyword table like any other.
/// </summary>
internal static class Directive
{
    /// <summary>What each such keyword begins with in the table.</summary>
    public const string Prefix = "#pointsman: ";

    private const string Word = "pointsman:";

    private static readonly FrozenSet<string> Names = Language.Blocks.SelectMany(block => block.Keywords)
        .Where(keyword => IsOne(keyword.Name))
        .Select(keyword => keyword.Name[Prefix.Length..])
        .ToFrozenSet(StringComparer.Ordinal);

    public static bool IsOne(string keyword) => keyword.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Without the mark, as one asks for it.</summary>
    public static string NameOf(string keyword) => IsOne(keyword) ? keyword[Prefix.Length..] : keyword;

    /// <summary>The keyword that has this name behind the mark.</summary>
    public static bool Exists(string name) => Names.Contains(name);

    /// <summary>Whether a comment is a setting of ours. A blank before the mark makes it one only if the name is known.</summary>
    /// <param name="comment">From the character that begins the comment to the end of its line.</param>
    /// <param name="nameAt">Where the name begins; the end of the line when there is none.</param>
    public static bool TryRead(ReadOnlySpan<char> comment, out int nameAt)
    {
        int wordAt = 1 + Blanks(comment[1..]);
        nameAt = wordAt + Word.Length;
        if (!comment[wordAt..].StartsWith(Word, StringComparison.Ordinal))
        {
            return false;
        }

        nameAt += Blanks(comment[nameAt..]);
        return wordAt == 1 || Names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(FirstWord(comment[nameAt..]));
    }

    private static int Blanks(ReadOnlySpan<char> text) => text.Length - text.TrimStart(" \t").Length;

    private static ReadOnlySpan<char> FirstWord(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAny(" \t\r\n");
        return end < 0 ? text : text[..end];
    }
}
