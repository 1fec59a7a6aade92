namespace Pointsman.Config.Syntax;

/// <summary>One word of a statement.</summary>
/// <param name="Text">Without quotes, escapes resolved.</param>
/// <param name="Line">The text that holds its raw form: the whole file, or one expanded line.</param>
/// <param name="Start">Where its raw form begins in <paramref name="Line"/>.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct Word(string Text, SourceSpan Span, bool IsQuoted, string Line, int Start, int End);
