using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Pointsman.Config.Syntax;

/// <summary>
/// Cuts a file into words, braces and line ends. Comments (<c>!</c>, <c>#</c>) begin anywhere outside double quotes;
/// <c>\!</c> and <c>\#</c> are the plain characters. Never fails: what it cannot read it reports and reads on.
/// </summary>
internal sealed class Lexer(SourceText source, DiagnosticSink sink)
{
    // What keepalived defines by itself. A reference to any other name that was not defined is plain text to it, and
    // definitions are refused where they stand.
    private static readonly ImmutableArray<string> Predefined =
        ["$_PWD", "$_INSTANCE", "$_RANDOM", "$_HASH", "$_BANG", "$_ENV"];

    private readonly string _text = source.Text;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private bool _isLineEmpty = true;

    public static List<Token> Read(SourceText source, DiagnosticSink sink)
    {
        var lexer = new Lexer(source, sink);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        SkipByteOrderMark();
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c == '\n')
            {
                EndLine();
            }
            else if (char.IsWhiteSpace(c))
            {
                SkipBlank(c);
            }
            else if (c is '{' or '}')
            {
                Add(c == '{' ? TokenKind.Open : TokenKind.Close, new Word(c.ToString(), SpanFrom(_at, 1), false, _at, _at + 1));
                _at++;
            }
            else if (c is '!' or '#')
            {
                SkipComment();
            }
            else
            {
                Add(TokenKind.Word, ReadWord());
            }
        }

        Add(TokenKind.EndOfLine, new Word("", SpanFrom(_at, 1), false, _at, _at));
        Add(TokenKind.EndOfFile, new Word("", SpanFrom(_at, 1), false, _at, _at));
    }

    private void SkipByteOrderMark()
    {
        if (_text.StartsWith('\ufeff'))
        {
            ReportInvisible(
                0,
                "a byte order mark: keepalived takes it for part of the first keyword",
                "save the file as UTF-8 without a byte order mark");
            _at = 1;
        }
    }

    private void EndLine()
    {
        Add(TokenKind.EndOfLine, new Word("", SpanFrom(_at, 1), false, _at, _at));
        _at++;
        _line++;
        _lineStart = _at;
        _isLineEmpty = true;
    }

    private void SkipBlank(char c)
    {
        // Blanks copied from web pages look right and are not: keepalived takes them for letters.
        if (c is not (' ' or '\t' or '\r' or '\v' or '\f'))
        {
            ReportInvisible(_at, "looks like a blank, but keepalived takes it for a letter", "type an ordinary space here");
        }

        _at++;
    }

    private void SkipComment()
    {
        int end = _text.IndexOf('\n', _at);
        _at = end < 0 ? _text.Length : end;
    }

    private Word ReadWord()
    {
        int start = _at;
        bool isQuoted = false;
        var letters = new StringBuilder();
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]))
        {
            char c = _text[_at];
            if (c == '"')
            {
                isQuoted = true;
                ReadQuoted(letters);
            }
            else if (c == '\\' && _at + 1 < _text.Length && _text[_at + 1] is '#' or '!')
            {
                letters.Append(_text[_at + 1]);
                _at += 2;
            }
            else if (c == '$' && _at + 1 < _text.Length && _text[_at + 1] == '{')
            {
                ReadReference(letters);
            }
            else if (c is '{' or '}')
            {
                break;
            }
            else if (c is '!' or '#')
            {
                NoticeGluedComment(start);
                break;
            }
            else
            {
                letters.Append(c);
                _at++;
            }
        }

        NoticeOddities(start);
        return new Word(letters.ToString(), SpanFrom(start, _at - start), isQuoted, start, _at);
    }

    // What one cannot see, or cannot read, must not become part of a name or a password.
    private void NoticeOddities(int start)
    {
        ReadOnlySpan<char> raw = _text.AsSpan(start, _at - start);
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\ufffd')
            {
                sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnreadableCharacter, SpanFrom(start + i, 1)) with
                {
                    Hint = "save the file as UTF-8, or type the character again",
                });
                return;
            }

            if (raw[i] != '\t' && char.GetUnicodeCategory(raw[i]) is UnicodeCategory.Control or UnicodeCategory.Format)
            {
                ReportInvisible(start + i, "part of a word, though it cannot be seen", "remove it");
                return;
            }
        }

        foreach (string name in Predefined)
        {
            int at = raw.IndexOf(name, StringComparison.Ordinal);
            if (at >= 0)
            {
                sink.Report(DiagnosticCatalogue.DefinitionNotSupported, SpanFrom(start + at, name.Length), name);
                return;
            }
        }
    }

    private void ReportInvisible(int at, string label, string hint) =>
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.StrangeBlank, SpanFrom(at, 1), $"U+{(int)_text[at]:X4}") with
        {
            Label = label,
            Hint = hint,
        });

    private void ReadQuoted(StringBuilder letters)
    {
        int open = _at;
        int lineEnd = LineEnd();
        int close = _text.IndexOf('"', _at + 1, lineEnd - _at - 1);
        if (close < 0)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.MissingQuote, SpanFrom(open, 1)) with
            {
                Label = "opened here, not closed on this line",
                Hint = "end the text with `\"`",
            });
            letters.Append(_text.AsSpan((open + 1)..lineEnd).TrimEnd());
            _at = lineEnd;
            return;
        }

        letters.Append(_text, open + 1, close - open - 1);
        _at = close + 1;
    }

    // ${NAME}: the braces belong to the word. Without an end on the line, only the dollar is taken.
    private void ReadReference(StringBuilder letters)
    {
        int close = _text.IndexOf('}', _at, LineEnd() - _at);
        if (close < 0)
        {
            letters.Append('$');
            _at++;
            return;
        }

        sink.Report(DiagnosticCatalogue.DefinitionNotSupported, SpanFrom(_at, close + 1 - _at), _text[_at..(close + 1)]);
        letters.Append(_text, _at, close + 1 - _at);
        _at = close + 1;
    }

    private void NoticeGluedComment(int start)
    {
        if (_at + 1 < _text.Length && !char.IsWhiteSpace(_text[_at + 1]))
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.CommentInsideWord, SpanFrom(_at, 1), _text[_at]) with
            {
                Label = $"the word ends here, as `{_text[start.._at]}`",
                Hint = $"put a blank before a comment; if `{_text[_at]}` belongs to the value, put the value in double quotes",
            });
        }
    }

    private int LineEnd()
    {
        int end = _text.IndexOf('\n', _at);
        end = end < 0 ? _text.Length : end;
        return end > _at && _text[end - 1] == '\r' ? end - 1 : end;
    }

    private void Add(TokenKind kind, Word word)
    {
        _tokens.Add(new Token(kind, word, _isLineEmpty ? _text[_lineStart..word.Start] : null));
        _isLineEmpty = false;
    }

    private SourceSpan SpanFrom(int start, int length) => new(source.FileName, _line, start - _lineStart + 1, length);
}
