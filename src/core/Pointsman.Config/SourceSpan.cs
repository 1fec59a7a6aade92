namespace Pointsman.Config;

/// <summary>Where something was typed. Lines and columns count from 1; the length is in characters.</summary>
public readonly record struct SourceSpan(string File, int Line, int Column, int Length)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}
