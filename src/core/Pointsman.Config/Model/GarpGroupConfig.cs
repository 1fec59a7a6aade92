using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary><c>garp_group</c>: interfaces on which announcements wait for each other.</summary>
public sealed record GarpGroupConfig(SourceSpan Source)
{
    /// <summary>Null: <c>vrrp_garp_interval</c>.</summary>
    public TimeSpan? GarpInterval { get; init; }

    /// <summary>Null: <c>vrrp_gna_interval</c>.</summary>
    public TimeSpan? GnaInterval { get; init; }

    public ImmutableArray<string> Interfaces { get; init; } = [];
}
