using System.Collections.Immutable;
using System.Globalization;

namespace Pointsman.Config;

/// <summary>Collects the complaints of one reading.</summary>
internal sealed class DiagnosticSink(string fileName)
{
    // A file of a million wrong lines must not become a million complaints; nobody reads beyond the first hundreds.
    public const int LimitCount = 1000;

    private readonly List<Diagnostic> _diagnostics = [];
    private readonly Dictionary<string, int> _fileOrder = new(StringComparer.Ordinal);

    // A text that is read many times, as a definition is, is complained of once.
    private readonly HashSet<(string Code, SourceSpan Place, string Message)> _expanded = [];
    private int _droppedCount;

    /// <summary>For complaints about the file as a whole.</summary>
    public SourceSpan FileStart { get; } = new(fileName, 1, 1, 1);

    public int ErrorCount { get; private set; }

    public bool HasErrors => ErrorCount > 0;

    /// <summary>What is reported from here on is only counted: it needs no careful wording.</summary>
    public bool IsFull => _diagnostics.Count >= LimitCount;

    /// <summary>Complaints about a file come after those about the files before it.</summary>
    public void AddFile(string name) => _fileOrder.TryAdd(name, _fileOrder.Count);

    public void Report(DiagnosticDescriptor descriptor, SourceSpan span, params ReadOnlySpan<object?> words) =>
        Add(Make(descriptor, span, words));

    public void Add(Diagnostic diagnostic)
    {
        ErrorCount += diagnostic.IsError ? 1 : 0;
        if (diagnostic.Span.Origin is not null
            && !_expanded.Add((diagnostic.Descriptor.Code, diagnostic.Span with { Origin = null }, diagnostic.Message)))
        {
            return;
        }

        if (IsFull)
        {
            _droppedCount++;
            return;
        }

        _diagnostics.Add(diagnostic);
    }

    public static Diagnostic Make(DiagnosticDescriptor descriptor, SourceSpan span, params ReadOnlySpan<object?> words) =>
        new(descriptor, span, string.Format(CultureInfo.InvariantCulture, descriptor.MessageFormat, words), null, descriptor.Hint);

    /// <summary>In the order of the file; of one place, in the order they were found. Last, how many were left out.</summary>
    public ImmutableArray<Diagnostic> InFileOrder() =>
        WithCount(_diagnostics
            .OrderBy(d => _fileOrder.GetValueOrDefault(d.Span.File))
            .ThenBy(d => d.Span.Line)
            .ThenBy(d => d.Span.Column));

    /// <summary>In the order they were found. Last, how many were left out.</summary>
    public ImmutableArray<Diagnostic> InOrder() => WithCount(_diagnostics);

    private ImmutableArray<Diagnostic> WithCount(IEnumerable<Diagnostic> ordered) => _droppedCount == 0
        ? [.. ordered]
        : [.. ordered, Make(DiagnosticCatalogue.TooManyComplaints, FileStart, _droppedCount)];
}
