using System.Collections.Immutable;
using Pointsman.Config.Grammar;

namespace Pointsman.Config.Syntax;

/// <summary>A block whose end has not been met yet.</summary>
/// <param name="Words">The statement that opened it; empty for the file itself and for a stray brace.</param>
/// <param name="Grammar">What may stand in it; null when its keyword is not known.</param>
/// <param name="Indent">The blanks before its statement, or null when it shares a line.</param>
internal sealed record OpenBlock(ImmutableArray<Word> Words, SourceSpan Open, BlockGrammar? Grammar, string? Indent)
{
    public List<Statement> Statements { get; } = [];

    /// <summary>An inner block closed by a brace that stands where this block's own should: the likely culprit.</summary>
    public OpenBlock? Suspect { get; set; }
}
