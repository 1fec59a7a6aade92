using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary><c>vrrp_sync_group NAME</c>: instances that change state together.</summary>
public sealed record SyncGroupConfig(string Name, SourceSpan Source)
{
    public ImmutableArray<string> Members { get; init; } = [];

    /// <summary>Tracked by each of the members.</summary>
    public TrackedConfig Tracked { get; init; } = new();

    /// <summary>Weights of trackers move the members' priorities.</summary>
    public bool TrackingWeight { get; init; }

    public NotifyConfig Notify { get; init; } = new();
}
