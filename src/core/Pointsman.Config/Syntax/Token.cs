namespace Pointsman.Config.Syntax;

internal enum TokenKind
{
    Word,
    Open,
    Close,
    EndOfLine,
    EndOfFile,
}

/// <summary>A piece of the file; <see cref="Word"/> carries the place for every kind.</summary>
/// <param name="Indent">The blanks before it when it is the first of its line, else null.</param>
internal readonly record struct Token(TokenKind Kind, Word Word, string? Indent);
