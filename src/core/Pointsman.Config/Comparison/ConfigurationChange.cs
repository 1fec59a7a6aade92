using System.Collections.Immutable;

namespace Pointsman.Config.Comparison;

/// <summary>One thing that two configurations have differently, in the words of the file.</summary>
/// <param name="Path">The headers of the blocks it is in, from the outermost: <c>virtual_server 10.0.0.1 80</c>.</param>
/// <param name="Setting">Its keyword; null when the innermost block itself was added, removed or renamed.</param>
/// <param name="What">What became of it: <c>1 -> 3</c>, <c>added</c>, <c>10.0.0.5/24 removed</c>.</param>
/// <param name="Effect">What a running director makes of it; empty where nobody notices.</param>
public sealed record ConfigurationChange(ImmutableArray<string> Path, string? Setting, string What, string Effect)
{
    /// <summary><c>vrrp_instance VI_1: priority 100 -> 90</c>.</summary>
    public override string ToString() => Setting is null
        ? $"{string.Join(": ", Path)} {What}"
        : $"{string.Join(": ", Path)}: {Setting} {What}";
}
