namespace Pointsman.Config.Syntax;

/// <summary>One word of a statement.</summary>
/// <param name="Text">Without quotes, escapes resolved.</param>
/// <param name="Start">Where its raw form begins in the file's text.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct Word(string Text, SourceSpan Span, bool IsQuoted, int Start, int End);
