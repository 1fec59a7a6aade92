using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary><c>vrrp_instance NAME</c>.</summary>
public sealed record VrrpInstanceConfig(string Name, SourceSpan Source)
{
    /// <summary>The initial wish only; the election decides.</summary>
    public bool StartsAsMaster { get; init; }

    public string Interface { get; init; } = "";

    /// <summary>1..255.</summary>
    public byte VirtualRouterId { get; init; }

    /// <summary>1..255. Default 100, but 255 when <c>state MASTER</c> stands without a priority.</summary>
    public byte Priority { get; init; } = 100;

    public TimeSpan AdvertInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Null: no authentication.</summary>
    public string? AuthPass { get; init; }

    /// <summary>Version, delivery and receive checks of adverts.</summary>
    public AdvertConfig Adverts { get; init; } = new();

    /// <summary><c>accept</c> or <c>no_accept</c>; null: neither was typed.</summary>
    public bool? Accept { get; init; }

    /// <summary><c>strict_mode</c>, or <c>vrrp_strict</c>.</summary>
    public bool IsStrict { get; init; }

    /// <summary>With priority 255 it hears no other.</summary>
    public bool OwnerIgnoresAdverts { get; init; }

    /// <summary>A master answers on its addresses. In strict mode only their owner does, unless told otherwise.</summary>
    public bool Accepts => Accept ?? (!IsStrict || Priority == byte.MaxValue);

    public VmacConfig Vmac { get; init; } = new();

    public bool Nopreempt { get; init; }

    /// <summary>Source address of adverts. Null: the interface's first address.</summary>
    public IpAddress? McastSrcIp { get; init; }

    /// <summary>Wait between the two batches of gratuitous ARP after becoming master. Zero: no second batch.</summary>
    public TimeSpan GarpMasterDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Announcements of each address in a batch; at least 1.</summary>
    public int GarpMasterRepeat { get; init; } = 5;

    /// <summary><c>#pointsman: split_brain</c>.</summary>
    public SplitBrainPolicy SplitBrain { get; init; }

    public ImmutableArray<VirtualAddressConfig> VirtualAddresses { get; init; } = [];

    /// <summary>They move with the others, and are not in the advert.</summary>
    public ImmutableArray<VirtualAddressConfig> ExcludedAddresses { get; init; } = [];

    /// <summary>All that a master holds.</summary>
    public ImmutableArray<VirtualAddressConfig> HeldAddresses => VirtualAddresses.AddRange(ExcludedAddresses);

    /// <summary>They move with the addresses.</summary>
    public ImmutableArray<RouteConfig> Routes { get; init; } = [];

    /// <summary>They move with the addresses.</summary>
    public ImmutableArray<RuleConfig> Rules { get; init; } = [];

    public ImmutableArray<TrackedScriptConfig> TrackScripts { get; init; } = [];

    public ImmutableArray<TrackedInterfaceConfig> TrackInterfaces { get; init; } = [];

    public ImmutableArray<TrackedThingConfig> TrackFiles { get; init; } = [];

    public ImmutableArray<TrackedThingConfig> TrackProcesses { get; init; } = [];

    public ImmutableArray<TrackedThingConfig> TrackBfds { get; init; } = [];

    /// <summary>How long a living master of lower priority is left in peace.</summary>
    public TimeSpan PreemptDelay { get; init; }

    public bool DontTrackPrimary { get; init; }

    /// <summary><c>linkbeat_use_polling</c>: the driver of <see cref="Interface"/> is asked whether the link carries.</summary>
    public bool PollsLink { get; init; }

    /// <summary>When the first address of a network goes, the interface keeps the others.</summary>
    public bool PromoteSecondaries { get; init; }

    /// <summary>Zero: never.</summary>
    public TimeSpan GarpMasterRefresh { get; init; }

    public int GarpMasterRefreshRepeat { get; init; } = 1;

    /// <summary>Null: as <see cref="GarpMasterDelay"/>.</summary>
    public TimeSpan? GarpLowerPrioDelay { get; init; }

    /// <summary>Null: as <see cref="GarpMasterRepeat"/>; zero: none.</summary>
    public int? GarpLowerPrioRepeat { get; init; }

    /// <summary>Null: no announcements where no advert leaves.</summary>
    public GarpExtraConfig? GarpExtra { get; init; }

    public bool LowerPrioNoAdvert { get; init; }

    public bool HigherPrioSendAdvert { get; init; }

    public NotifyConfig Notify { get; init; } = new();
}
