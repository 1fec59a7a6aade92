using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Grammar;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Formatting;

/// <summary>
/// Lays a keepalived.conf out: four blanks for each open block, one blank between words, a brace at the end of its
/// statement, one statement a line. What it means, its comments, inclusions, definitions and conditions stay: a file is
/// formatted as it was typed, before anything in it is replaced.
/// </summary>
public static class Formatter
{
    public static FormatResult Format(string fileName, string text)
    {
        var source = new SourceText(fileName, text);
        var sink = new DiagnosticSink(fileName);
        sink.AddFile(fileName);
        ImmutableArray<SourceLine> lines = SourceLines.Of(source, sink);
        CheckBraces(source, lines, sink);
        ImmutableArray<Diagnostic> diagnostics = [.. sink.InFileOrder().Where(diagnostic => diagnostic.IsError)];
        if (!diagnostics.IsEmpty)
        {
            return new FormatResult(null, diagnostics, source);
        }

        string formatted = new Layout().Write(lines);
        ImmutableArray<SourceLine> again = SourceLines.Of(new SourceText(fileName, formatted), new DiagnosticSink(fileName));
        Invariant.That(Meaning(lines).SequenceEqual(Meaning(again)), "the formatted file has the words and braces of the file");
        Invariant.That(Comments(lines).SequenceEqual(Comments(again)), "the formatted file has the comments of the file");
        return new FormatResult(formatted, [], source);
    }

    // Where conditions or references write braces, they cannot be counted here.
    private static void CheckBraces(SourceText source, ImmutableArray<SourceLine> lines, DiagnosticSink sink)
    {
        if (lines.Any(line => !line.Tokens.IsEmpty && line.Content[0] is '@' or '~' or '$'))
        {
            return;
        }

        int depth = 0;
        int least = 0;
        foreach (Token token in lines.SelectMany(line => line.Tokens))
        {
            depth += token.Kind == TokenKind.Open ? 1 : token.Kind == TokenKind.Close ? -1 : 0;
            least = Math.Min(least, depth);
        }

        if (depth != 0 || least < 0)
        {
            var lexer = new Lexer(new DiagnosticSink(source.FileName));
            lexer.ReadLines(source, null, 1, 0..source.Text.Length);
            lexer.End(source.End);
            StatementTree.Read(lexer.Tokens, FileGrammar.Block, sink);
        }
    }

    // All that is read from a file, but for how it is laid out.
    private static IEnumerable<string> Meaning(ImmutableArray<SourceLine> lines)
    {
        bool isWordsOpen = false;
        foreach (SourceLine line in lines)
        {
            if (line.Kind is SourceLineKind.Indented or SourceLineKind.Kept)
            {
                yield return $"\n{line.Content}\n";
                isWordsOpen = false;
            }

            // A line's end matters between words only.
            bool isLineNew = true;
            foreach (Token token in line.Kind == SourceLineKind.Plain ? line.Tokens : [])
            {
                bool isWord = token.Kind == TokenKind.Word;
                yield return isWord && isWordsOpen && isLineNew ? "\n" : "";
                yield return token.Word.Line[token.Word.Start..token.Word.End];
                isWordsOpen = isWord;
                isLineNew = false;
            }
        }
    }

    private static IEnumerable<string> Comments(ImmutableArray<SourceLine> lines) =>
        lines.Select(line => line.Kind == SourceLineKind.Comment ? line.Content : line.Comment).Where(comment => comment.Length > 0);
}
