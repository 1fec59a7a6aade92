using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary><c>vrrp_script NAME</c>: a command whose exit status tells an instance's fitness.</summary>
public sealed record VrrpScriptConfig(string Name, SourceSpan Source)
{
    /// <summary>Program and arguments; never given to a shell.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Null: the interval.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>-253..253; 0 means a failure puts the instance into FAULT.</summary>
    public int Weight { get; init; }

    /// <summary>The weight works the other way round.</summary>
    public bool Reverse { get; init; }

    /// <summary>Successes needed to count as up.</summary>
    public int Rise { get; init; } = 1;

    /// <summary>Failures needed to count as down.</summary>
    public int Fall { get; init; } = 1;

    /// <summary>Counts as failed until it has proven itself.</summary>
    public bool InitFail { get; init; }

    public string? User { get; init; }

    public string? Group { get; init; }
}
