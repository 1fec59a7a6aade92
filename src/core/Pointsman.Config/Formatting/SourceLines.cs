using System.Collections.Immutable;
using Pointsman.Config.Including;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Formatting;

/// <summary>Tells the lines of a file by what may be done to them.</summary>
internal sealed class SourceLines
{
    private readonly SourceText _source;
    private readonly DiagnosticSink _sink;
    private readonly Lexer _lexer;
    private readonly ImmutableArray<SourceLine>.Builder _lines = ImmutableArray.CreateBuilder<SourceLine>();

    private SourceLines(SourceText source, DiagnosticSink sink)
    {
        _source = source;
        _sink = sink;
        _lexer = new Lexer(sink);
    }

    /// <summary>All lines of a file; what is wrong with them goes to the sink.</summary>
    public static ImmutableArray<SourceLine> Of(SourceText source, DiagnosticSink sink)
    {
        var lines = new SourceLines(source, sink);
        for (int line = 1; line <= source.LineCount; line++)
        {
            line = lines.Take(line);
        }

        return lines._lines.ToImmutable();
    }

    /// <summary>The last line that was taken: a definition may have several.</summary>
    private int Take(int number)
    {
        ReadOnlySpan<char> line = _source.LineSpan(number);
        ReadOnlySpan<char> content = TrimmedEnd(line).TrimStart(" \t");
        if (content.Trim().IsEmpty)
        {
            Add(SourceLineKind.Blank, "");
            return number;
        }

        if (content[0] is '#' or '!')
        {
            Add(SourceLineKind.Comment, content.ToString());
            return number;
        }

        if (!PlainLine.IsSpecial(line))
        {
            ReadTokens(number, content.ToString(), SourceLineKind.Plain);
            return number;
        }

        PlainLine plain = PlainOf(number);
        ExpandedLine rest = BehindConditions(plain.Line);
        if (Definitions.Read(rest) is not null)
        {
            return TakeDefinition(number, content.ToString(), plain.GoesOn);
        }

        if (plain.Continuation is { } continuation)
        {
            _sink.Report(DiagnosticCatalogue.LineContinued, continuation);
        }

        if (Inclusion.KeywordOf(rest.Text) is not null)
        {
            Add(SourceLineKind.Indented, content.ToString());
        }
        else
        {
            ReadTokens(number, content.ToString(), SourceLineKind.Indented);
        }

        return number;
    }

    // It ends at a line that does not go on, or at an empty one, which therefore must stay.
    private int TakeDefinition(int number, string content, bool goesOn)
    {
        Add(SourceLineKind.Indented, content);
        while (goesOn && number < _source.LineCount)
        {
            number++;
            string line = _source.Line(number);
            if (number == _source.LineCount && line.Length == 0)
            {
                break;
            }

            goesOn = line.Trim(' ', '\t').Length > 0
                && PlainOf(number).GoesOn;
            Add(SourceLineKind.Kept, line);
        }

        return number;
    }

    private void ReadTokens(int number, string content, SourceLineKind kind)
    {
        int from = _lexer.Tokens.Count;
        int start = _source.StartOf(number);
        int end = start + _source.LineSpan(number).Length;
        _lexer.ReadLines(_source, null, number, start..end);
        ImmutableArray<Token> tokens = [.. _lexer.Tokens.Skip(from).Where(token => token.Kind != TokenKind.EndOfLine)];
        if (tokens.IsEmpty)
        {
            Add(kind, content);
            return;
        }

        int codeEnd = tokens[^1].Word.End;
        string comment = TrimmedEnd(_source.Text.AsSpan()[codeEnd..end]).TrimStart().ToString();
        bool isGlued = comment.Length > 0 && tokens[^1].Kind == TokenKind.Word && _source.Text[codeEnd] == comment[0];

        // A script's quotes and backslashes are read otherwise than those of other lines.
        bool isScript = _source.Text.AsSpan()[start..codeEnd].ContainsAny('\'', '\\');
        bool mayNotBeCut = isScript || tokens.Skip(1).Any(token => MeansMoreAtABegin(token) || token.Word.Line[token.Word.Start] is '#' or '!');
        _lines.Add(new SourceLine(mayNotBeCut ? SourceLineKind.Indented : kind, content, tokens, comment) { IsCommentGlued = isGlued });
    }

    // The lexer speaks of the same line.
    private PlainLine PlainOf(int number) => PlainLine.Read(
        _source.LineSpan(number), new SourceSpan(_source.FileName, number, 1, 1), new DiagnosticSink(_source.FileName));

    // Behind a brace it is a word; on a line of its own it would be an inclusion, a condition, a sequence.
    private static bool MeansMoreAtABegin(Token token) =>
        token.Kind == TokenKind.Word && PlainLine.IsSpecial(token.Word.Line.AsSpan()[token.Word.Start..token.Word.End]);

    private static ExpandedLine BehindConditions(ExpandedLine line)
    {
        while (!line.IsEmpty && line.Text[line.First] == '@' && Condition.TryRead(line, out Condition condition))
        {
            line = condition.Rest;
        }

        return line;
    }

    // Without the blanks behind it, a backslash would become the last letter, and the line go on.
    private static ReadOnlySpan<char> TrimmedEnd(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> trimmed = line.TrimEnd();
        return trimmed.EndsWith("\\") ? line : trimmed;
    }

    private void Add(SourceLineKind kind, string content) => _lines.Add(new SourceLine(kind, content, [], ""));
}
