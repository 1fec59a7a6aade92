using System.Collections.Immutable;

namespace Pointsman.PathWatch.Messages;

/// <summary>All the path watch is told: one JSON line at its start, and one for each change.</summary>
public sealed record WatchSettings
{
    public ImmutableArray<WatchedPath> Paths { get; init; } = [];

}
