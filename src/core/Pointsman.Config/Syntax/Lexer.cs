using System.Buffers;
using System.Text;

namespace Pointsman.Config.Syntax;

/// <summary>
/// Cuts text into words, braces and line ends. Comments (<c>!</c>, <c>#</c>) begin anywhere outside double quotes;
/// <c>\!</c> and <c>\#</c> are the plain characters. Never fails: what it cannot read it reports and reads on.
/// </summary>
internal sealed class Lexer(DiagnosticSink sink)
{
    // What ends a word, or changes how it is read.
    private static readonly SearchValues<char> Special = SearchValues.Create(" \t\r\n\v\f\"\\${}!#");

    private readonly TextPool _pool = new();
    private readonly StringBuilder _letters = new();
    private string _text = "";
    private string _fileName = "";
    private SourceOrigin? _origin;
    private ExpandedLine? _expanded;
    private int _at;
    private int _line;
    private int _lineStart;
    private bool _isLineEmpty = true;
    private bool _isDirective;

    public List<Token> Tokens { get; } = [];

    /// <summary>Takes whole lines of a file as they stand.</summary>
    public void ReadLines(SourceText source, SourceOrigin? origin, int line, Range lines)
    {
        (int start, int length) = lines.GetOffsetAndLength(source.Text.Length);
        (_text, _fileName, _origin, _expanded) = (source.Text, source.FileName, origin, null);
        (_at, _line, _lineStart, _isLineEmpty) = (start, line, start, true);
        _isDirective = false;
        ReadTo(start + length);
    }

    /// <summary>Takes a line whose comment is gone and whose references are replaced.</summary>
    public void ReadLine(ExpandedLine line)
    {
        (_text, _expanded) = (line.Text, line);
        (_at, _line, _lineStart, _isLineEmpty) = (0, 1, 0, true);
        _isDirective = false;
        ReadTo(_text.Length);
    }

    /// <summary>Marks the end, at the place where the last text ended.</summary>
    public void End(SourceSpan place) => Tokens.Add(new Token(TokenKind.EndOfFile, new Word("", place, false, "", 0, 0), null));

    private void ReadTo(int end)
    {
        SkipByteOrderMark();
        while (_at < end)
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
            else if (c is '{' or '}' && !_isDirective)
            {
                Add(c == '{' ? TokenKind.Open : TokenKind.Close, new Word(c == '{' ? "{" : "}", SpanFrom(_at, 1), false, _text, _at, _at + 1));
                _at++;
            }
            else if (IsComment(c))
            {
                ReadComment();
            }
            else
            {
                Add(TokenKind.Word, ReadWord());
            }
        }

        AddEndOfLine();
    }

    // In an expanded line, what was a comment is gone: the characters that are left are meant.
    private bool IsComment(char c) => c is '!' or '#' && _expanded is null;

    private void SkipByteOrderMark()
    {
        if (_at == 0 && _expanded is null && _text.StartsWith('\ufeff'))
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
        _isDirective = false;
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

    // keepalived skips all of it. A setting of ours in it is a statement: it ends what stands before it on the line, and its
    // braces are letters.
    private void ReadComment()
    {
        int end = _text.IndexOf('\n', _at);
        end = end < 0 ? _text.Length : end;
        if (_isDirective || !Directive.TryRead(_text.AsSpan(_at..end), out int nameAt))
        {
            _at = end;
            return;
        }

        AddEndOfLine();
        int mark = _at;
        _at += nameAt;
        _isDirective = true;
        Word name = _at < LineEnd() ? ReadWord() : new Word("", SpanFrom(mark, nameAt), false, _text, mark, _at);
        Add(TokenKind.Word, name with { Text = _pool.Take(Directive.Prefix + name.Text), Span = SpanFrom(mark, _at - mark), Start = mark });
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
            else if (c == '\\' && _expanded is null && _at + 1 < _text.Length && _text[_at + 1] is '#' or '!')
            {
                letters.Append(_text[_at + 1]);
                _at += 2;
            }
            else if (c == '$' && _at + 1 < _text.Length && _text[_at + 1] == '{')
            {
                ReadReference(letters);
            }
            else if (c is '{' or '}' && !_isDirective)
            {
                break;
            }
            else if (IsComment(c))
            {
                NoticeGluedComment(start);
                break;
            }
            else
            {
                AppendPlain(letters);
            }
        }

        int trap = HiddenTraps.Find(_text.AsSpan(start, _at - start));
        if (trap >= 0)
        {
            HiddenTraps.Report(_text[start + trap], SpanFrom(start + trap, 1), sink);
        }

        return new Word(_pool.Take(letters), SpanFrom(start, _at - start), isQuoted, _text, start, _at);
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

        letters.Append(_text, _at, close + 1 - _at);
        _at = close + 1;
    }

    private void NoticeGluedComment(int start)
    {
        if (_at + 1 < _text.Length && !char.IsWhiteSpace(_text[_at + 1]))
        {
            HiddenTraps.ReportGluedComment(_text[start.._at], _text[_at], SpanFrom(_at, 1), sink);
        }
    }

    // An empty line, or the end of one after a brace, ends nothing.
    private void AddEndOfLine()
    {
        if (Tokens.Count > 0 && Tokens[^1].Kind == TokenKind.Word)
        {
            Add(TokenKind.EndOfLine, new Word("", SpanFrom(_at, 1), false, _text, _at, _at));
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
        Tokens.Add(new Token(kind, word, _isLineEmpty ? _pool.Take(_text.AsSpan(_lineStart, word.Start - _lineStart)) : null));
        _isLineEmpty = false;
    }

    private SourceSpan SpanFrom(int start, int length) =>
        _expanded?.SpanOf(start, length)
        ?? new SourceSpan(_fileName, _line, start - _lineStart + 1, length) { Origin = _origin };
}
