using System.Collections.Immutable;

namespace Pointsman.Control.Reload;

/// <summary>One change of the configuration, in the words of the file.</summary>
public sealed record ChangeReport
{
    /// <summary>All of it in one line.</summary>
    public string Text { get; init; } = "";

    /// <summary>The headers of the blocks it is in.</summary>
    public ImmutableArray<string> Path { get; init; } = [];

    /// <summary>Null: the innermost block itself was added, removed or renamed.</summary>
    public string? Setting { get; init; }

    public string What { get; init; } = "";

    /// <summary>What the running node makes of it; empty where nobody notices.</summary>
    public string Effect { get; init; } = "";
}
