using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary>One line of <c>virtual_ipaddress</c> or <c>virtual_ipaddress_excluded</c>.</summary>
/// <param name="Prefix">The address; the length is that of a host when the line has none.</param>
/// <param name="Device">Null: the instance's interface.</param>
/// <param name="Label">The IPv4 address label (<c>eth0:1</c>), or null.</param>
public sealed record VirtualAddressConfig(IpPrefix Prefix, string? Device, string? Label, SourceSpan Source)
{
    /// <summary>Null: the address is added without a broadcast address.</summary>
    public IpAddress? Broadcast { get; init; }

    /// <summary>The kernel's number of the scope: 0 global, 253 link, 254 host.</summary>
    public byte Scope { get; init; }

    /// <summary>The other end of a point-to-point link and its network; null: none.</summary>
    public IpPrefix? Peer { get; init; }

    /// <summary>IPv6: the home address of a mobile node.</summary>
    public bool Home { get; init; }

    /// <summary>IPv6, <c>-nodad</c>: others are asked first whether they have it.</summary>
    public bool DetectsDuplicates { get; init; }

    /// <summary>IPv6: temporary addresses are made from it.</summary>
    public bool ManagesTemporary { get; init; }

    /// <summary>No route to its network comes with it.</summary>
    public bool NoPrefixRoute { get; init; }

    /// <summary>A multicast group that is joined.</summary>
    public bool AutoJoin { get; init; }

    /// <summary>It has the virtual router's MAC address, also on another interface than the instance's.</summary>
    public bool UsesVmac { get; init; }

    /// <summary>Somebody who takes it away may do so.</summary>
    public bool NoTrack { get; init; }

    /// <summary>Static ones: the instances of this group are at fault without it; null: none is.</summary>
    public string? TrackGroup { get; init; }

    /// <summary>How long it may be a source of the host's own connections, in seconds; null: not said.</summary>
    public uint? PreferredLifetimeSeconds { get; init; }
}
