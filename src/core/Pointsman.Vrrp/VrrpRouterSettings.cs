using System.Collections.Immutable;

namespace Pointsman.Vrrp;

/// <summary>All instances of a node. An instance is known by its index here.</summary>
public sealed record VrrpRouterSettings
{
    public ImmutableArray<VrrpInstanceSettings> Instances { get; init; } = [];

    public ImmutableArray<VrrpSyncGroupSettings> SyncGroups { get; init; } = [];

    public ImmutableArray<VrrpLinkDelay> LinkDelays { get; init; } = [];

    /// <summary>From the start, for so long nothing is heard, and nobody stands up.</summary>
    public TimeSpan StartupDelay { get; init; }
}
