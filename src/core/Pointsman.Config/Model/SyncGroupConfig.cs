using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary><c>vrrp_sync_group NAME</c>: instances that change state together.</summary>
public sealed record SyncGroupConfig(string Name, SourceSpan Source)
{
    public ImmutableArray<string> Members { get; init; } = [];

    public NotifyConfig Notify { get; init; } = new();
}
