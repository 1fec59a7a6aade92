using System.Collections.Immutable;
using Pointsman.Config.Grammar;

namespace Pointsman.Config.Syntax;

/* A statement's words are collected until its line ends or a brace comes. Its block may open on a later line, so at the
   end of a line one looks ahead for the brace. The stack of open blocks is this class's own: depth costs memory only.

   Two guesses repair what was forgotten, and both need the grammar (ForgottenBrace): a keyword that needs a block and is
   followed by that block's words opens it; a block's keyword that cannot stand here, but can in an enclosing block,
   closes what lies between. Indentation only helps to name the culprit: when a brace closed an inner block but is
   indented as an outer one, the inner one's own brace is probably the missing one. */

/// <summary>Turns tokens into nested statements, and repairs the nesting where a brace was forgotten.</summary>
internal sealed class StatementTree
{
    // More open blocks than this at the end of the file are one mistake, not many.
    private const int MissingCloseLimit = 4;

    // How far out to look for the block whose indentation a brace has.
    private const int SuspectDepthLimit = 8;

    private readonly List<Token> _tokens;
    private readonly DiagnosticSink _sink;
    private readonly List<OpenBlock> _open;
    private readonly ImmutableArray<Word>.Builder _words = ImmutableArray.CreateBuilder<Word>();
    private string? _indent;

    private StatementTree(List<Token> tokens, BlockGrammar root, DiagnosticSink sink)
    {
        _tokens = tokens;
        _sink = sink;
        _open = [new OpenBlock([], tokens[0].Word.Span, root, null)];
    }

    private OpenBlock Current => _open[^1];

    public static ImmutableArray<Statement> Read(List<Token> tokens, BlockGrammar root, DiagnosticSink sink)
    {
        var tree = new StatementTree(tokens, root, sink);
        for (int i = 0; i < tokens.Count; i++)
        {
            tree.Take(i);
        }

        return [.. tree._open[0].Statements];
    }

    private void Take(int index)
    {
        Token token = _tokens[index];
        switch (token.Kind)
        {
            case TokenKind.Word:
                _indent = _words.Count == 0 ? token.Indent : _indent;
                _words.Add(token.Word);
                break;
            case TokenKind.EndOfLine:
                if (!OpensOnLaterLine(index))
                {
                    EndStatement(null);
                }

                break;
            case TokenKind.Open:
                OpenBlock(token);
                break;
            case TokenKind.Close:
                EndStatement(null);
                CloseBlock(token);
                break;
            case TokenKind.EndOfFile:
                EndFile(token);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // The lexer gives no two line ends in a row: what follows one stands on a later line.
    private bool OpensOnLaterLine(int index)
    {
        Token next = _tokens[index + 1];
        if (next.Kind != TokenKind.Open && _words.Count > 0 && ForgottenBrace.LacksOpen(_open, _words, next))
        {
            OpenWithoutBrace();
        }

        return next.Kind == TokenKind.Open;
    }

    private void OpenWithoutBrace()
    {
        SourceSpan header = new Statement(_words.ToImmutable(), null).HeaderSpan;
        string text = string.Join(' ', _words.Select(word => word.Text));
        _sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.BlockNeeded, header, _words[0].Text) with
        {
            Label = "the `{` is missing",
            Hint = $"type `{text} {{`",
        });
        Push(header);
    }

    private void Push(SourceSpan open)
    {
        BlockGrammar? grammar = Current.Grammar?.Find(_words[0].Text)?.Opens;
        _open.Add(new OpenBlock(_words.ToImmutable(), open, grammar, _indent));
        _words.Clear();
    }

    private void EndStatement(Block? body)
    {
        if (_words.Count > 0)
        {
            Current.Statements.Add(new Statement(_words.ToImmutable(), body));
            _words.Clear();
        }
    }

    private void OpenBlock(Token token)
    {
        if (_words.Count == 0)
        {
            _sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnexpectedOpen, token.Word.Span) with
            {
                Label = "everything up to its `}` is skipped",
            });
            _open.Add(new OpenBlock([], token.Word.Span, null, null));
            return;
        }

        RepairNesting(_words[0]);
        Push(token.Word.Span);
    }

    private void CloseBlock(Token token)
    {
        if (_open.Count == 1)
        {
            _sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnexpectedClose, token.Word.Span) with
            {
                Label = "every block is already closed here",
            });
            return;
        }

        OpenBlock closed = Current;
        if (token.Indent is not null && closed.Indent is not null && closed.Indent != token.Indent)
        {
            int from = Math.Max(0, _open.Count - SuspectDepthLimit);
            OpenBlock? outer = _open[from..^1].FindLast(block => block.Indent == token.Indent);
            if (outer is not null)
            {
                outer.Suspect ??= closed;
            }
        }

        Pop();
    }

    private void Pop()
    {
        OpenBlock closed = Current;
        _open.RemoveAt(_open.Count - 1);
        if (closed.Words.Length > 0)
        {
            Current.Statements.Add(new Statement(closed.Words, new Block(closed.Open, [.. closed.Statements])));
        }
    }

    private void RepairNesting(Word keyword)
    {
        int owner = ForgottenBrace.OwnerOf(_open, keyword) ?? _open.Count - 1;
        while (_open.Count - 1 > owner)
        {
            ReportMissingClose(keyword.Span, $"`{keyword.Text}` cannot stand inside it: noticed here");
            Pop();
        }
    }

    private void EndFile(Token token)
    {
        EndStatement(null);
        int reported = 0;
        while (_open.Count > 1)
        {
            if (reported++ < MissingCloseLimit)
            {
                ReportMissingClose(token.Word.Span, "noticed here, at the end of the file");
            }

            Pop();
        }
    }

    private void ReportMissingClose(SourceSpan noticed, string why)
    {
        OpenBlock block = Current.Suspect ?? Current;
        string name = block.Words.Length > 0 ? string.Join(' ', block.Words.Take(3).Select(word => word.Text)) : "{";
        _sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.MissingClose, block.Open, name) with
        {
            Label = "this block is opened here",
            Hint = $"type a `}}` where `{name}` ends",
            Related = new RelatedPlace(noticed, why),
        });
    }
}
