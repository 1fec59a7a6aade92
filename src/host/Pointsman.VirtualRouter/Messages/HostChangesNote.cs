using System.Collections.Immutable;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>What a role has changed on its host and will set back at its end.</summary>
internal sealed record HostChangesNote
{
    public const string FileName = "vrrp-host.json";

    /// <summary>Interfaces that were made.</summary>
    public ImmutableArray<string> Links { get; init; } = [];

    /// <summary>In the order in which they were set.</summary>
    public ImmutableArray<Setting> Settings { get; init; } = [];

    public StaticNetwork Static { get; init; } = new();

    /// <summary>What its instances set while they are master, each address with its device: any of it may have been left.</summary>
    public StaticNetwork Moving { get; init; } = new();

    /// <summary>The table of nftables that was made; null: none.</summary>
    public string? FirewallTable { get; init; }

    internal bool IsEmpty => Links.IsEmpty && Settings.IsEmpty && Static.IsEmpty && Moving.IsEmpty && FirewallTable is null;

    /// <summary>A kernel setting below /proc/sys.</summary>
    /// <param name="Before">What was found.</param>
    /// <param name="Ours">What was written.</param>
    internal sealed record Setting(string Name, string Before, string Ours);
}
