namespace Pointsman.Config;

/// <summary>Where something was typed. Lines and columns count from 1; the length is in characters.</summary>
public readonly record struct SourceSpan(string File, int Line, int Column, int Length)
{
    /// <summary>What led to this text when it was not read straight from the file that was asked for; else null.</summary>
    public SourceOrigin? Origin { get; init; }

    public override string ToString() => $"{File}:{Line}:{Column}";
}
