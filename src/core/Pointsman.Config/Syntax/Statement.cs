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
            int length = last.Column + last.Length - first.Column;

            // The words of an expanded line may have been typed in several places.
            bool isOneLine = last.Line == first.Line && last.File == first.File && length >= first.Length;
            return isOneLine ? first with { Length = length } : first;
        }
    }
}

/// <summary>What stands between two braces.</summary>
internal sealed record Block(SourceSpan Open, ImmutableArray<Statement> Statements);
