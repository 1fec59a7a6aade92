using System.Collections.Immutable;
using System.Text;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Formatting;

/// <summary>Writes lines out again, each at the depth of its block.</summary>
internal sealed class Layout
{
    private const int IndentWidth = 4;

    /// <summary>The last line, while a brace on a line of its own may still go to its end.</summary>
    private sealed record Header(string Words, SourceLine Line);

    private readonly List<string> _written = [];

    // The depth each condition of a run of conditional lines has led to: only one of them will hold.
    private readonly Dictionary<string, int> _conditionDepths = [];
    private int _runDepth;
    private int _depth;
    private Header? _header;
    private bool _isBlankPending;
    private bool _isBlockJustOpened;

    public string Write(ImmutableArray<SourceLine> lines)
    {
        foreach (SourceLine line in lines)
        {
            if (line.Condition is null && line.Kind is SourceLineKind.Plain or SourceLineKind.Indented)
            {
                _conditionDepths.Clear();
            }

            switch (line.Kind)
            {
                case SourceLineKind.Blank:
                    _isBlankPending = true;
                    _header = null;
                    break;
                case SourceLineKind.Comment:
                    Emit(line.Content, _depth);
                    break;
                case SourceLineKind.Kept:
                    Keep(line.Content);
                    break;
                case SourceLineKind.Indented:
                    WriteIndented(line);
                    break;
                case SourceLineKind.Plain:
                    WritePlain(line);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        return string.Concat(_written.Select(line => $"{line}\n"));
    }

    private void WritePlain(SourceLine line)
    {
        var words = new StringBuilder();
        foreach (Token token in line.Tokens)
        {
            switch (token.Kind)
            {
                case TokenKind.Open:
                    Open(words, line);
                    break;
                case TokenKind.Close:
                    Flush(words);
                    Close();
                    break;
                default:
                    words.Append(words.Length > 0 ? " " : "").Append(token.Word.Line, token.Word.Start, token.Word.End - token.Word.Start);
                    break;
            }
        }

        bool endsInWords = words.Length > 0;
        string last = words.ToString();
        Flush(words);
        if (line.Comment.Length > 0)
        {
            _written[^1] += line.IsCommentGlued ? line.Comment : $" {line.Comment}";
        }

        _header = endsInWords && !line.IsCommentGlued ? new Header(last, line) : null;
    }

    private void Open(StringBuilder words, SourceLine line)
    {
        bool isOwnLine = words.Length == 0;
        if (isOwnLine && line.Tokens[0].Kind == TokenKind.Open && _header is { } header
            && (header.Line.Comment.Length == 0 || line.Comment.Length == 0))
        {
            string comment = header.Line.Comment.Length > 0 ? $" {header.Line.Comment}" : "";
            _written[^1] = $"{Indent(_depth)}{header.Words} {{{comment}";
            _header = null;
        }
        else
        {
            Emit(isOwnLine ? "{" : $"{words} {{", _depth);
        }

        words.Clear();
        _depth++;
        _isBlockJustOpened = true;
    }

    private void Close()
    {
        _depth = Math.Max(0, _depth - 1);
        _isBlankPending = false;
        Emit("}", _depth);
    }

    private void Flush(StringBuilder words)
    {
        if (words.Length > 0)
        {
            Emit(words.ToString(), _depth);
            words.Clear();
        }
    }

    private void WriteIndented(SourceLine line)
    {
        if (line.Condition is { } condition)
        {
            _runDepth = _conditionDepths.Count == 0 ? _depth : _runDepth;
            _conditionDepths.TryAdd(condition, _runDepth);
            _conditionDepths[condition] = WriteIndented(line, _conditionDepths[condition]);
            _depth = _conditionDepths.Values.First();
        }
        else
        {
            _depth = WriteIndented(line, _depth);
        }
    }

    /// <summary>The depth behind the line.</summary>
    private int WriteIndented(SourceLine line, int depth)
    {
        int closedFirst = line.Tokens.TakeWhile(token => token.Kind == TokenKind.Close).Count();
        Emit(line.Content, Math.Max(0, depth - closedFirst));
        int change = line.Tokens.Sum(token => token.Kind == TokenKind.Open ? 1 : token.Kind == TokenKind.Close ? -1 : 0);
        _isBlockJustOpened = change > 0;
        return Math.Max(0, depth + change);
    }

    private void Keep(string line)
    {
        _written.Add(line);
        _header = null;
    }

    // One empty line is kept where some stand, but not at a block's begin or end, or the file's.
    private void Emit(string line, int depth)
    {
        if (_isBlankPending && !_isBlockJustOpened && _written.Count > 0)
        {
            _written.Add("");
        }

        _isBlankPending = false;
        _isBlockJustOpened = false;
        _header = null;
        _written.Add(Indent(depth) + line);
    }

    private static string Indent(int depth) => new(' ', depth * IndentWidth);
}
