using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Pointsman.Config;

/// <summary>The human form of one diagnostic: title, place, the line with carets, hint.</summary>
internal sealed class Excerpt(Diagnostic diagnostic, ImmutableArray<SourceText> sources, Palette palette)
{
    // A tab is shown as four blanks, in the line and under it.
    private const string TabShown = "    ";

    // Of a longer line only what is near the marks is shown.
    private const int LineLengthLimit = 200;
    private const int LengthBeforeMarks = 60;
    private const string Cut = "...";

    private readonly StringBuilder _text = new();
    private readonly int _gutter = Math.Max(diagnostic.Span.Line, diagnostic.Related?.Span.Line ?? 0)
        .ToString(CultureInfo.InvariantCulture).Length;

    public string Render()
    {
        DiagnosticDescriptor descriptor = diagnostic.Descriptor;
        _text.Append(palette.Strong($"{DiagnosticRenderer.Word(descriptor.Severity)}[{descriptor.Code}]"));
        _text.Append(palette.Title($": {DiagnosticRenderer.Printable(diagnostic.Message)}")).Append('\n');
        AddPlace("-->", diagnostic.Span);
        AddLine(diagnostic.Span, '^', diagnostic.Label, palette.Strong);
        if (diagnostic.Related is { } related)
        {
            AddPlace(":::", related.Span);
            AddLine(related.Span, '-', related.Label, palette.Frame);
        }

        foreach (SourceOrigin step in diagnostic.Span.Origin?.Chain ?? [])
        {
            AddFrame("", " = ").Append(DiagnosticRenderer.Printable(step.ToString())).Append('\n');
        }

        if (diagnostic.Hint is { } hint)
        {
            AddFrame("", " = ").Append("hint: ").Append(DiagnosticRenderer.Printable(hint)).Append('\n');
        }

        return _text.ToString();
    }

    private void AddPlace(string arrow, SourceSpan span) =>
        _text.Append(palette.Frame(new string(' ', _gutter) + arrow)).Append(' ')
            .Append(DiagnosticRenderer.Printable(span.ToString())).Append('\n');

    private void AddLine(SourceSpan span, char mark, string? label, Func<string, string> paint)
    {
        SourceText? source = sources.FirstOrDefault(candidate => candidate.FileName == span.File);
        if (source is null)
        {
            return;
        }

        string line = source.Line(span.Line);
        int start = Math.Min(span.Column - 1, line.Length);
        int from = line.Length <= LineLengthLimit ? 0 : Math.Max(0, start - LengthBeforeMarks);
        int to = Math.Min(line.Length, from + LineLengthLimit);
        int end = Math.Min(start + span.Length, to);
        string before = (from > 0 ? Cut : "") + Show(line[from..start]);
        int markedLength = Math.Max(1, Show(line[start..end]).Length);
        string shown = before + Show(line[start..to]) + (to < line.Length ? Cut : "");
        string marks = new string(mark, markedLength) + (label is null ? "" : $" {DiagnosticRenderer.Printable(label)}");

        AddFrame("", " |").Append('\n');
        AddFrame(span.Line.ToString(CultureInfo.InvariantCulture), " |").Append(' ').Append(shown).Append('\n');
        AddFrame("", " |").Append(' ').Append(' ', before.Length).Append(paint(marks)).Append('\n');
    }

    private StringBuilder AddFrame(string number, string bar) =>
        _text.Append(palette.Frame(number.PadLeft(_gutter) + bar));

    private static string Show(string text) =>
        DiagnosticRenderer.Printable(text.Replace("\t", TabShown, StringComparison.Ordinal));
}
