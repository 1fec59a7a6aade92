using System.Collections.Immutable;

namespace Pointsman.Config.Syntax;

/// <summary>A keyword with its arguments, and the block it opens, if any.</summary>
internal sealed record Statement(ImmutableArray<Word> Words, Block? Body)
{
    public Word Keyword => Words[0];

    public ImmutableArray<Word> Arguments => Words[1..];

    /// <summary>From the keyword to the last argument on the keyword's line.</summary>
    public SourceSpan HeaderSpan
    {
        get
        {
            SourceSpan first = Words[0].Span;
            SourceSpan last = Words[^1].Span;
            return first with { Length = last.Column + last.Length - first.Column };
        }
    }
}

/// <summary>What stands between two braces.</summary>
internal sealed record Block(SourceSpan Open, ImmutableArray<Statement> Statements);
