using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>What one VRRP version 2 instance is told by its configuration.</summary>
public sealed record VrrpInstanceSettings
{
    public required string Name { get; init; }

    /// <summary>Where it speaks and listens; losing this link is a fault.</summary>
    public required string Interface { get; init; }

    /// <summary>1..255.</summary>
    public required byte VirtualRouterId { get; init; }

    /// <summary>1..255, before trackers change it. 255 is the owner of the addresses and never changes.</summary>
    public byte Priority { get; init; } = 100;

    /// <summary>A wish only: the election decides. An owner (priority 255) with this wish is master at once.</summary>
    public bool StartsAsMaster { get; init; }

    /// <summary>Whole seconds on the wire: 1..255.</summary>
    public TimeSpan AdvertInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Null: no authentication. Eight bytes count.</summary>
    public string? AuthPass { get; init; }

    /// <summary>A living master of lower priority is left in peace; without effect if <see cref="StartsAsMaster"/>.</summary>
    public bool Nopreempt { get; init; }

    /// <summary>The advertised IPv4 addresses, in the order of the configuration.</summary>
    public ImmutableArray<IpAddress> VirtualAddresses { get; init; } = [];

    /// <summary>From taking over, or hearing a lower master, to the second batch of announcements; zero: none.</summary>
    public TimeSpan GarpMasterDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Announcements of each address in a batch.</summary>
    public int GarpMasterRepeat { get; init; } = 5;

    public ImmutableArray<VrrpTrack> TrackScripts { get; init; } = [];

    public ImmutableArray<VrrpTrack> TrackInterfaces { get; init; } = [];
}
