using System.Collections.Immutable;

namespace Pointsman.Control.Reload;

/// <summary>What a file has differently from the configuration that ran, and what was done about it.</summary>
public sealed record ReloadReport
{
    public string File { get; init; } = "";

    public ReloadOutcome Outcome { get; init; }

    /// <summary>Why it was refused.</summary>
    public string? Why { get; init; }

    public ImmutableArray<ChangeReport> Changes { get; init; } = [];

    /// <summary>What operators have ordered of real servers beside the file, a line each; a reload leaves it so.</summary>
    public ImmutableArray<string> Orders { get; init; } = [];

    /// <summary>When it was refused: what the reader has to say of the file, for people.</summary>
    public string Complaints { get; init; } = "";

    /// <summary>Complaints that are no errors; <c>pointsman check</c> shows them.</summary>
    public int WarningCount { get; init; }

    public double DurationMs { get; init; }
}
