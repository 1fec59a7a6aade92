namespace Pointsman.Config;

/// <summary>A diagnostic as plain fields, for JSON.</summary>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>note</c>.</param>
/// <param name="Origins">What led to the text, from the place outwards; absent when it was read straight from the file asked for.</param>
/// <param name="Length">In characters, from <paramref name="Column"/>.</param>
public sealed record DiagnosticData(
    string Code,
    string Severity,
    string File,
    int Line,
    int Column,
    int Length,
    string Message,
    string? Label,
    string? Hint,
    RelatedData? Related,
    OriginData[]? Origins);

/// <summary>The second place of a diagnostic as plain fields.</summary>
public sealed record RelatedData(string File, int Line, int Column, int Length, string Label);

/// <summary>One step on the way to a text as plain fields.</summary>
public sealed record OriginData(string What, string File, int Line, int Column, int Length);
