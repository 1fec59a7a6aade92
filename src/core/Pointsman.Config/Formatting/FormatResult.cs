using System.Collections.Immutable;

namespace Pointsman.Config.Formatting;

/// <summary>What formatting a file gave.</summary>
/// <param name="Text">Null when the file cannot be cut into statements and blocks; the diagnostics say why.</param>
/// <param name="Source">The text the diagnostics point into.</param>
public sealed record FormatResult(string? Text, ImmutableArray<Diagnostic> Diagnostics, SourceText Source);
