using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Pointsman.Config;

/// <summary>Words diagnostics for people, for editors, and for programs. Control characters of a file never come out.</summary>
public static class DiagnosticRenderer
{
    /// <summary>The form with the line and carets; ends with a line end.</summary>
    public static string Human(Diagnostic diagnostic, ImmutableArray<SourceText> sources, bool colour = false) =>
        new Excerpt(diagnostic, sources, new Palette(colour, diagnostic.Descriptor.Severity)).Render();

    /// <summary>All of them, with an empty line between two.</summary>
    public static string Human(ConfigResult result, bool colour = false) =>
        string.Join('\n', result.Diagnostics.Select(diagnostic => Human(diagnostic, result.Sources, colour)));

    /// <summary><c>file:line:column: error[PM1002]: ...</c>, without a line end.</summary>
    public static string OneLine(Diagnostic diagnostic)
    {
        var line = new StringBuilder();
        line.Append(diagnostic.Span).Append(": ").Append(Word(diagnostic.Descriptor.Severity));
        line.Append('[').Append(diagnostic.Descriptor.Code).Append("]: ").Append(diagnostic.Message);
        if (diagnostic.Label is { } label)
        {
            line.Append(" (").Append(label).Append(')');
        }

        if (diagnostic.Hint is { } hint)
        {
            line.Append("; ").Append(hint);
        }

        foreach (SourceOrigin step in diagnostic.Span.Origin?.Chain ?? [])
        {
            line.Append("; ").Append(step);
        }

        return Printable(line.ToString());
    }

    /// <summary>Each on its line; ends with a line end if there are any.</summary>
    public static string OneLine(ConfigResult result) =>
        string.Concat(result.Diagnostics.Select(diagnostic => $"{OneLine(diagnostic)}\n"));

    /// <summary>A <see cref="DiagnosticReport"/> as JSON, without a line end.</summary>
    public static string Json(params ReadOnlySpan<ConfigResult> results) =>
        JsonSerializer.Serialize(Report(results), DiagnosticJson.Default.DiagnosticReport);

    /// <summary>What is said about one file, or about several.</summary>
    public static DiagnosticReport Report(params ReadOnlySpan<ConfigResult> results)
    {
        var diagnostics = ImmutableArray.CreateBuilder<DiagnosticData>();
        int errorCount = 0;
        int noteCount = 0;
        foreach (ConfigResult result in results)
        {
            diagnostics.AddRange(result.Diagnostics.Select(Data));
            errorCount += result.Diagnostics.Count(diagnostic => diagnostic.IsError);
            noteCount += result.Diagnostics.Count(diagnostic => diagnostic.IsNote);
        }

        int warningCount = diagnostics.Count - errorCount - noteCount;
        return new DiagnosticReport(errorCount, warningCount, noteCount, diagnostics.ToImmutable());
    }

    public static DiagnosticData Data(Diagnostic diagnostic)
    {
        SourceSpan span = diagnostic.Span;
        RelatedData? related = diagnostic.Related is { } place
            ? new RelatedData(place.Span.File, place.Span.Line, place.Span.Column, place.Span.Length, place.Label)
            : null;
        return new DiagnosticData(
            diagnostic.Descriptor.Code,
            Word(diagnostic.Descriptor.Severity),
            span.File,
            span.Line,
            span.Column,
            span.Length,
            diagnostic.Message,
            diagnostic.Label,
            diagnostic.Hint,
            related,
            span.Origin is { } origin ? [.. origin.Chain.Select(Data)] : null);
    }

    private static OriginData Data(SourceOrigin step) =>
        new(step.Description, step.Place.File, step.Place.Line, step.Place.Column, step.Place.Length);

    internal static string Word(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        Severity.Note => "note",
        _ => throw new UnreachableException(),
    };

    /// <summary>A file must not be able to steer the terminal it is complained about on.</summary>
    internal static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\ufffd' : c)) : text;
}
