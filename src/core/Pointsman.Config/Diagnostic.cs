namespace Pointsman.Config;

/// <summary>A complaint about one place of a file.</summary>
/// <param name="Message">What is wrong.</param>
/// <param name="Label">Why here: stands beside the carets.</param>
/// <param name="Hint">What to type.</param>
public sealed record Diagnostic(
    DiagnosticDescriptor Descriptor,
    SourceSpan Span,
    string Message,
    string? Label,
    string? Hint)
{
    /// <summary>A second place that explains the first, or null.</summary>
    public RelatedPlace? Related { get; init; }

    public bool IsError => Descriptor.Severity == Severity.Error;

    /// <summary>Nobody said who runs a script, and so root does: what keepalived calls a security violation.</summary>
    public bool IsScriptOfRoot =>
        Descriptor == DiagnosticCatalogue.ScriptRunsAsRoot || Descriptor == DiagnosticCatalogue.NotifyScriptsRunAsRoot;

    public bool IsNote => Descriptor.Severity == Severity.Note;
}

/// <summary>Where else to look: the other definition, the line where a missing brace was noticed.</summary>
public sealed record RelatedPlace(SourceSpan Span, string Label);
