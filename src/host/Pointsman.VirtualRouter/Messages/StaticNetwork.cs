using System.Collections.Immutable;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>What the role keeps on this host whoever is master.</summary>
public sealed record StaticNetwork
{
    /// <summary>Each names its device.</summary>
    public ImmutableArray<VirtualAddress> Addresses { get; init; } = [];

    public ImmutableArray<VirtualRoute> Routes { get; init; } = [];

    public ImmutableArray<VirtualRule> Rules { get; init; } = [];

    internal bool IsEmpty => Addresses.IsEmpty && Routes.IsEmpty && Rules.IsEmpty;
}
