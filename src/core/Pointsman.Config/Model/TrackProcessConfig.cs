using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary><c>vrrp_track_process NAME</c>: a process that must run.</summary>
public sealed record TrackProcessConfig(string Name, SourceSpan Source)
{
    /// <summary>Its program, and its parameters if they count.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Null: parameters do not count.</summary>
    public ProcessParameterMatch? Match { get; init; }

    public int Weight { get; init; }

    /// <summary>The weight works the other way round.</summary>
    public bool Reverse { get; init; }

    /// <summary>So many of them must run.</summary>
    public int Quorum { get; init; } = 1;

    /// <summary>More of them are a fault; null: any number may run.</summary>
    public int? QuorumMax { get; init; }

    /// <summary>How long too few must last before it counts.</summary>
    public TimeSpan TerminateDelay { get; init; }

    /// <summary>How long enough of them must last before it counts.</summary>
    public TimeSpan ForkDelay { get; init; }

    /// <summary>The program is compared with the whole first word of the command line, not with the process's name.</summary>
    public bool FullCommand { get; init; }
}
