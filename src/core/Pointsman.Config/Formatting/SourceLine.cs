using System.Collections.Immutable;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Formatting;

/// <summary>What may be done to a line without changing what it means.</summary>
internal enum SourceLineKind
{
    Blank,

    /// <summary>A comment alone.</summary>
    Comment,

    /// <summary>Words and braces as they will be read: blanks between them mean nothing, braces may stand on lines of their own.</summary>
    Plain,

    /// <summary>What it will be is known only when it is read (a condition, a reference, a script's quotes): only its indentation is free.</summary>
    Indented,

    /// <summary>A line of a definition that goes on: kept to the letter.</summary>
    Kept,
}

/// <summary>A line of a file before anything in it is replaced.</summary>
/// <param name="Content">Without blanks around it; for a kept line with them.</param>
/// <param name="Tokens">Words and braces; none for a comment, an inclusion, a definition.</param>
/// <param name="Comment">The comment behind the tokens, with its mark; empty without one.</param>
internal sealed record SourceLine(SourceLineKind Kind, string Content, ImmutableArray<Token> Tokens, string Comment)
{
    /// <summary>No blank stands before the comment: what looks like its mark may have been meant as a letter.</summary>
    public bool IsCommentGlued { get; init; }

    /// <summary>The condition a line begins with (<c>@ID</c>), or null.</summary>
    public string? Condition => Kind == SourceLineKind.Indented && Content[0] == '@' ? Content.Split(' ', '\t')[0] : null;
}
