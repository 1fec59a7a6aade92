using Pointsman.Base.Routing;

namespace Pointsman.Config.Model;

/// <summary>One line of <c>virtual_rules</c> or <c>static_rules</c>.</summary>
/// <param name="HasPreference">It was typed.</param>
public sealed record RuleConfig(IpRule Rule, bool HasPreference, SourceSpan Source)
{
    /// <summary>Somebody who takes it away may do so.</summary>
    public bool NoTrack { get; init; }

    /// <summary>Static ones: the instances of this group are at fault without it; null: none is.</summary>
    public string? TrackGroup { get; init; }
}
