using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Vrrp.Rivals;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>What one VRRP instance is told by its configuration.</summary>
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

    /// <summary>2 or 3; over IPv6 there is version 3 only.</summary>
    public byte Version { get; init; } = 2;

    /// <summary>Of the adverts and of <see cref="VirtualAddresses"/>.</summary>
    public IpFamily Family { get; init; } = IpFamily.V4;

    /// <summary>Version 2: whole seconds, 1..255. Version 3: hundredths, 0.01..40.95 s.</summary>
    public TimeSpan AdvertInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>So many adverts must be missing before a backup takes over.</summary>
    public int DownTimerAdverts { get; init; } = AdvertPace.RfcDownAdverts;

    /// <summary>Null: no authentication. Eight bytes count. Version 2 only.</summary>
    public string? AuthPass { get; init; }

    /// <summary>The password is not sent but seals an IP authentication header before each advert.</summary>
    public bool UsesAuthenticationHeader { get; init; }

    /// <summary>What the checksum of sent adverts is taken over; version 3 over IPv4 has the choice.</summary>
    public VrrpChecksumForm ChecksumForm { get; init; } = VrrpChecksumForm.Message;

    /// <summary>Null: the interface's first address that fits; over IPv6, its link-local one.</summary>
    public IpAddress? AdvertSource { get; init; }

    /// <summary>It is a fault when <see cref="AdvertSource"/> is not on the interface.</summary>
    public bool TracksAdvertSource { get; init; }

    /// <summary>Where multicast adverts go; null: the group of the RFC.</summary>
    public IpAddress? MulticastGroup { get; init; }

    /// <summary>Adverts go to each of these; empty: to the multicast group.</summary>
    public ImmutableArray<UnicastPeer> UnicastPeers { get; init; } = [];

    /// <summary>The peers' block is there and empty, and that is to be a fault.</summary>
    public bool LacksPeers { get; init; }

    /// <summary>TTL or hop limit of adverts to unicast peers.</summary>
    public byte UnicastTimeToLive { get; init; } = VrrpReceiver.RequiredTimeToLive;

    /// <summary>Adverts of those who are no peers are not heard.</summary>
    public bool ChecksUnicastSource { get; init; }

    /// <summary>The addresses in adverts of the master we follow are compared with ours once, not each time.</summary>
    public bool SkipsAddressCheck { get; init; }

    /// <summary>A living master of lower priority is left in peace; without effect if <see cref="StartsAsMaster"/>.</summary>
    public bool Nopreempt { get; init; }

    /// <summary>The advertised addresses, in the order of the configuration.</summary>
    public ImmutableArray<IpAddress> VirtualAddresses { get; init; } = [];

    /// <summary>The interface of each of <see cref="VirtualAddresses"/>, to be told; empty: all on <see cref="Interface"/>.</summary>
    public ImmutableArray<string> AddressInterfaces { get; init; } = [];

    /// <summary>From taking over, or hearing a lower master, to the second batch of announcements; zero: none.</summary>
    public TimeSpan GarpMasterDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Announcements of each address in a batch.</summary>
    public int GarpMasterRepeat { get; init; } = 5;

    /// <summary>What is done about another master that is not heard.</summary>
    public RivalPolicy RivalPolicy { get; init; }

    /// <summary>From one question of a master who else answers for an address to the next; zero: nobody is asked, and no other master is told of.</summary>
    public TimeSpan RivalProbeInterval { get; init; }

    public ImmutableArray<VrrpTrack> TrackScripts { get; init; } = [];

    public ImmutableArray<VrrpTrack> TrackInterfaces { get; init; } = [];

    public ImmutableArray<VrrpTrack> TrackProcesses { get; init; } = [];

    public ImmutableArray<VrrpTrack> TrackFiles { get; init; } = [];

    /// <summary>Groups of static addresses, routes and rules: it is a fault while one of them is not whole.</summary>
    public ImmutableArray<VrrpTrack> TrackGroups { get; init; } = [];

    /// <summary>Paths watched by BFD.</summary>
    public ImmutableArray<VrrpTrack> TrackPaths { get; init; } = [];

    /// <summary>When the first address of a network goes, another one of <see cref="Interface"/> takes its place.</summary>
    public bool PromotesSecondaries { get; init; }

    /// <summary>Losing the link of <see cref="Interface"/> is no fault.</summary>
    public bool IgnoresOwnLink { get; init; }

    /// <summary>How long a living master of lower priority is left in peace, from when it is first heard.</summary>
    public TimeSpan PreemptDelay { get; init; }

    /// <summary>Zero: addresses are not announced again without need.</summary>
    public TimeSpan GarpMasterRefresh { get; init; }

    public int GarpMasterRefreshRepeat { get; init; } = 1;

    /// <summary>Null: as <see cref="GarpMasterDelay"/>.</summary>
    public TimeSpan? GarpLowerPriorityDelay { get; init; }

    /// <summary>Zero: none after a lower master was heard. Null: as <see cref="GarpMasterRepeat"/>.</summary>
    public int? GarpLowerPriorityRepeat { get; init; }

    /// <summary>A master does not answer a lower one with an advert.</summary>
    public bool KeepsSilentToLower { get; init; }

    /// <summary>A master that yields says a last advert, also where it has not stood up in silence.</summary>
    public bool AlwaysSaysLastWord { get; init; }

    /// <summary>With <see cref="Priority"/> 255 it hears no other while it is master.</summary>
    public bool OwnerIgnoresAdverts { get; init; }

    /// <summary>
    /// On the wire an instance is its router id on its interface, over one family, whatever it is called and however else it
    /// is set.
    /// </summary>
    public bool IsSameRouterAs(VrrpInstanceSettings other) =>
        Interface == other.Interface && VirtualRouterId == other.VirtualRouterId && Family == other.Family;

    /// <summary>Adverts go to peers one by one.</summary>
    public bool IsUnicast => !UnicastPeers.IsEmpty;

    /// <summary>Where multicast adverts go.</summary>
    public IpAddress Group => MulticastGroup ?? VrrpAdvert.MulticastGroup(Family);

    internal string InterfaceOf(IpAddress address) =>
        VirtualAddresses.IndexOf(address) is >= 0 and int index && index < AddressInterfaces.Length ? AddressInterfaces[index] : Interface;

    internal VrrpAuthType AuthType => AuthPass is null
        ? VrrpAuthType.None
        : UsesAuthenticationHeader ? VrrpAuthType.AuthenticationHeader : VrrpAuthType.SimplePassword;

    public AdvertPace Pace => new(Version, AdvertInterval, DownTimerAdverts);
}
