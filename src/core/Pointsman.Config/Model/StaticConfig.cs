using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary>What stays on this node whoever is master.</summary>
public sealed record StaticConfig
{
    public ImmutableArray<VirtualAddressConfig> Addresses { get; init; } = [];

    public ImmutableArray<RouteConfig> Routes { get; init; } = [];

    public ImmutableArray<RuleConfig> Rules { get; init; } = [];

    public ImmutableArray<TrackGroupConfig> TrackGroups { get; init; } = [];

    public bool IsEmpty => Addresses.IsEmpty && Routes.IsEmpty && Rules.IsEmpty;
}
