using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Pointsman.Config.Syntax;

/// <summary>What keepalived does to every line it reads: cuts the comment, resolves <c>\#</c> and <c>\!</c>, and looks whether it goes on.</summary>
/// <param name="Line">What is left, without a last <c>\</c> and the blanks before it.</param>
/// <param name="Continuation">Where the last <c>\</c> stands, or null.</param>
/// <param name="GoesOn">The line ends with a <c>\</c>, be it in a comment.</param>
internal sealed record PlainLine(ExpandedLine Line, SourceSpan? Continuation, bool GoesOn)
{
    private static readonly SearchValues<char> Special = SearchValues.Create("!#\"\\");

    /// <summary>A line that cannot go to the lexer as it stands.</summary>
    public static bool IsSpecial(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> text = line.TrimStart(" \t");
        return text.Length > 0
            && !(text[0] is '#' or '!' && Directive.TryRead(text, out _))
            && (text[0] is '@' or '~'
                || text[^1] == '\\'
                || text.Contains('$')
                || text.StartsWith("include", StringComparison.Ordinal));
    }

    /// <param name="place">Where the line begins.</param>
    public static PlainLine Read(ReadOnlySpan<char> line, SourceSpan place, DiagnosticSink sink)
    {
        var text = new StringBuilder(line.Length);
        var pieces = ImmutableArray.CreateBuilder<(int Column, int Length)>();
        bool isQuoted = false;
        int from = 0;
        int at = 0;
        int end = line.Length;
        SourceSpan? continuation = null;
        while (at < end)
        {
            int step = line[at..end].IndexOfAny(Special);
            at = step < 0 ? end : at + step;
            if (at == end)
            {
                break;
            }

            if (line[at] == '\\')
            {
                if (at + 1 == line.Length)
                {
                    continuation = place with { Column = place.Column + at, Length = 1 };
                    end = at;
                    break;
                }

                if (!isQuoted && line[at + 1] is '#' or '!')
                {
                    Take(line, from, at);
                    from = at + 1;
                }

                at += 2;
            }
            else if (line[at] == '"')
            {
                isQuoted = !isQuoted;
                at++;
            }
            else if (isQuoted)
            {
                at++;
            }
            else
            {
                NoticeGlued(line, from, at, place, sink);
                NoticeDirective(line[at..], place with { Column = place.Column + at }, sink);
                end = at;
            }
        }

        Take(line, from, Math.Max(from, line[..end].TrimEnd(" \t").Length));
        return new PlainLine(ExpandedLine.Typed(text.ToString(), place, pieces.ToImmutable()), continuation, continuation is not null || EndsInBackslash(line[end..]));

        void Take(ReadOnlySpan<char> all, int start, int stop)
        {
            text.Append(all[start..stop]);
            pieces.Add((place.Column + start, stop - start));
        }
    }

    // The line's comment is cut before it means anything: a setting of ours in it would be lost.
    private static void NoticeDirective(ReadOnlySpan<char> comment, SourceSpan place, DiagnosticSink sink)
    {
        if (Directive.TryRead(comment, out int nameAt))
        {
            sink.Report(DiagnosticCatalogue.DirectiveBehindLine, place with { Length = nameAt }, comment[nameAt..].Trim().ToString());
        }
    }

    // Two of them are one plain backslash.
    private static bool EndsInBackslash(ReadOnlySpan<char> comment) =>
        ((comment.Length - comment.TrimEnd('\\').Length) & 1) == 1;

    private static void NoticeGlued(ReadOnlySpan<char> line, int from, int mark, SourceSpan place, DiagnosticSink sink)
    {
        int start = line[from..mark].LastIndexOfAny(" \t{}") + from + 1;
        if (start < mark && mark + 1 < line.Length && !char.IsWhiteSpace(line[mark + 1]))
        {
            HiddenTraps.ReportGluedComment(
                line[start..mark].ToString(), line[mark], place with { Column = place.Column + mark, Length = 1 }, sink);
        }
    }
}
