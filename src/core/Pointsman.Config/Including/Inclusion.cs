using Pointsman.Config.Syntax;

namespace Pointsman.Config.Including;

/// <summary>A line of the include family.</summary>
/// <param name="Pattern">A path, with wildcards and braces; empty when none is given.</param>
/// <param name="Place">The whole statement.</param>
/// <param name="PatternPlace">The path alone.</param>
internal sealed record Inclusion(string Keyword, string Pattern, IncludeChecks Checks, SourceSpan Place, SourceSpan PatternPlace)
{
    /// <summary>What <c>include_check</c> asks for beside the keyword.</summary>
    public IncludeChecks Standing { get; init; }

    /// <summary>What is asked for by either.</summary>
    public IncludeChecks Asked => Checks | Standing;

    /// <summary>The word that asks for one of these checks.</summary>
    public string AskedBy(IncludeChecks check) => (Checks & check) != 0 ? Keyword : IncludeCheckLine.Keyword;

    /// <summary>The keyword of the family that a line begins with, or null.</summary>
    public static string? KeywordOf(string line)
    {
        ReadOnlySpan<char> text = line.AsSpan().TrimStart(" \t");
        int end = text.IndexOfAny(' ', '\t');
        return (end < 0 ? text : text[..end]) switch
        {
            "include" => "include",
            "includer" => "includer",
            "includem" => "includem",
            "includew" => "includew",
            "includeb" => "includeb",
            "includea" => "includea",
            _ => null,
        };
    }

    /// <summary>Of a line that begins with such a keyword. The path ends at a blank, or at its second double quote.</summary>
    public static Inclusion Read(ExpandedLine line, DiagnosticSink sink)
    {
        string text = line.Text;
        string keyword = KeywordOf(text)!;
        SourceSpan place = line.PlaceFrom(line.First);
        int start = line.First + keyword.Length;
        while (start < text.Length && text[start] is ' ' or '\t')
        {
            start++;
        }

        bool isQuoted = start < text.Length && text[start] == '"';
        start += isQuoted ? 1 : 0;
        int length = isQuoted ? text.AsSpan(start).IndexOf('"') : text.AsSpan(start).IndexOfAny(' ', '\t');
        if (isQuoted && length < 0)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.MissingQuote, line.SpanOf(start - 1, 1)) with
            {
                Label = "opened here, not closed on this line",
                Hint = "end the text with `\"`",
            });
        }

        int end = length < 0 ? text.Length : start + length;
        NoticeRest(keyword, line, end + (isQuoted ? 1 : 0), sink);
        SourceSpan patternPlace = end > start ? line.SpanOf(start, end - start) : place;
        return new Inclusion(keyword, text[start..end], ChecksOf(keyword), place, patternPlace);
    }

    private static void NoticeRest(string keyword, ExpandedLine line, int end, DiagnosticSink sink)
    {
        if (end < line.Text.Length && !line.Slice(end).IsEmpty)
        {
            ExpandedLine rest = line.Slice(end);
            sink.Report(
                DiagnosticCatalogue.ExtraArgument, rest.PlaceFrom(rest.First), rest.Text.Trim(), keyword, "one path");
        }
    }

    private static IncludeChecks ChecksOf(string keyword) => keyword switch
    {
        "includer" => IncludeChecks.Readable,
        "includem" => IncludeChecks.Readable | IncludeChecks.Match,
        "includew" => IncludeChecks.Readable | IncludeChecks.Match | IncludeChecks.Wildcard,
        "includeb" => IncludeChecks.Readable | IncludeChecks.Match | IncludeChecks.Brace,
        "includea" => IncludeChecks.All,
        _ => IncludeChecks.None,
    };
}
