using System.Diagnostics;

namespace Pointsman.Config;

/// <summary>ANSI colours of the human form, or none.</summary>
internal sealed record Palette(bool IsOn, Severity Severity)
{
    private const string BoldBlue = "\e[1;34m";
    private const string Bold = "\e[1m";
    private const string Reset = "\e[0m";

    private string SeverityColour => Severity switch
    {
        Severity.Error => "\e[1;31m",
        Severity.Warning => "\e[1;33m",
        Severity.Note => "\e[1;36m",
        _ => throw new UnreachableException(),
    };

    /// <summary>The severity, its carets and their label.</summary>
    public string Strong(string text) => Paint(SeverityColour, text);

    public string Title(string text) => Paint(Bold, text);

    /// <summary>Line numbers, bars and arrows.</summary>
    public string Frame(string text) => Paint(BoldBlue, text);

    private string Paint(string colour, string text) => IsOn && text.Length > 0 ? colour + text + Reset : text;
}
