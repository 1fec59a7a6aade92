namespace Pointsman.Config;

/// <summary>One kind of complaint. The code is never reused; <c>docs/diagnostics/CODE.md</c> explains it.</summary>
/// <param name="MessageFormat">A composite format: what is wrong, in the user's words, lower case, no full stop.</param>
public sealed record DiagnosticDescriptor(string Code, Severity Severity, string MessageFormat)
{
    /// <summary>What to type, where the place itself suggests nothing better.</summary>
    public string? Hint { get; init; }
}
