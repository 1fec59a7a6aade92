using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary>What an instance, or all instances of a sync group, track.</summary>
public sealed record TrackedConfig
{
    public ImmutableArray<TrackedScriptConfig> Scripts { get; init; } = [];

    public ImmutableArray<TrackedInterfaceConfig> Interfaces { get; init; } = [];

    public ImmutableArray<TrackedThingConfig> Files { get; init; } = [];

    public ImmutableArray<TrackedThingConfig> Processes { get; init; } = [];

    public ImmutableArray<TrackedThingConfig> Bfds { get; init; } = [];
}
