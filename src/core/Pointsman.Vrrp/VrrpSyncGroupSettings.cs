using System.Collections.Immutable;

namespace Pointsman.Vrrp;

/// <summary>Instances, by name, that change state together. An instance is in one group at most.</summary>
public sealed record VrrpSyncGroupSettings(string Name, ImmutableArray<string> Members)
{
    /// <summary>The members' weights count; they should be the same in all of them.</summary>
    public bool WeightsCount { get; init; }
}
