using System.Buffers;
using System.Text;

namespace Pointsman.Config.Syntax;

/// <summary>
/// Cuts a file into words, braces and line ends. Comments (<c>!</c>, <c>#</c>) begin anywhere outside double quotes;
/// <c>\!</c> and <c>\#</c> are the plain characters. Never fails: what it cannot read it reports and reads on.
/// </summary>
internal sealed class Lexer(SourceText source, DiagnosticSink sink)
{
    // A first guess at how many there will be; a list that grows is copied again and again.
    private const int LettersPerToken = 8;

    // What ends a word, or changes how it is read.
    private static readonly SearchValues<char> Special = SearchValues.Create(" \t\r\n\v\f\"\\${}!#");

    private readonly string _text = source.Text;
    private readonly TextPool _pool = new();
    private readonly List<Token> _tokens = new(source.Text.Length / LettersPerToken);
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private readonly StringBuilder _letters = new();
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
                Add(c == '{' ? TokenKind.Open : TokenKind.Close, new Word(c == '{' ? "{" : "}", SpanFrom(_at, 1), false, _at, _at + 1));
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

        AddEndOfLine();
        Add(TokenKind.EndOfFile, new Word("", SpanFrom(_at, 1), false, _at, _at));
    }

    private void SkipByteOrderMark()
    {
        if (_text.StartsWith('\ufeff'))
        {
            HiddenTraps.ReportInvisible(
                '\ufeff',
                SpanFrom(0, 1),
                "a byte order mark: keepalived takes it for part of the first keyword",
                "save the file as UTF-8 without a byte order mark",
                sink);
            _at = 1;
        }
    }

    private void EndLine()
    {
        AddEndOfLine();
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
            HiddenTraps.ReportInvisible(
                c, SpanFrom(_at, 1), "looks like a blank, but keepalived takes it for a letter", "type an ordinary space here", sink);
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
        StringBuilder letters = _letters.Clear();
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
                AppendPlain(letters);
            }
        }

        SourceSpan span = SpanFrom(start, _at - start);
        HiddenTraps.NoticeInWord(_text.AsSpan(start, _at - start), span, sink);
        return new Word(_pool.Take(letters), span, isQuoted, start, _at);
    }

    // At least the character here, and what follows it up to the next one that may mean something.
    private void AppendPlain(StringBuilder letters)
    {
        int length = _text.AsSpan(_at + 1).IndexOfAny(Special) + 1;
        length = length == 0 ? _text.Length - _at : length;
        int foreign = _text.AsSpan(_at, length).IndexOfAnyExceptInRange('\0', '\x7f');
        length = foreign > 0 ? foreign : foreign == 0 ? 1 : length;
        letters.Append(_text, _at, length);
        _at += length;
    }

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

    // An empty line, or the end of one after a brace, ends nothing.
    private void AddEndOfLine()
    {
        if (_tokens.Count > 0 && _tokens[^1].Kind == TokenKind.Word)
        {
            Add(TokenKind.EndOfLine, new Word("", SpanFrom(_at, 1), false, _at, _at));
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
        _tokens.Add(new Token(kind, word, _isLineEmpty ? _pool.Take(_text.AsSpan(_lineStart, word.Start - _lineStart)) : null));
        _isLineEmpty = false;
    }

    private SourceSpan SpanFrom(int start, int length) => new(source.FileName, _line, start - _lineStart + 1, length);
}
