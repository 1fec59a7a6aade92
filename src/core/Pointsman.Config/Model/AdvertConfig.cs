using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary>How an instance's adverts look, where they go, and which of others' are heard.</summary>
public sealed record AdvertConfig
{
    /// <summary>2 or 3. Over IPv6 always 3.</summary>
    public byte Version { get; init; } = 2;

    /// <summary>Of the adverts, and of every address of the instance.</summary>
    public IpFamily Family { get; init; } = IpFamily.V4;

    /// <summary>The password seals an IP authentication header (<c>auth_type AH</c>) instead of being sent.</summary>
    public bool UsesAuthenticationHeader { get; init; }

    public IpAddress? UnicastSource { get; init; }

    public ImmutableArray<UnicastPeerConfig> UnicastPeers { get; init; } = [];

    /// <summary>An empty <c>unicast_peer</c> is a fault.</summary>
    public bool UnicastFaultNoPeer { get; init; }

    public byte UnicastTtl { get; init; } = 255;

    public bool CheckUnicastSource { get; init; }

    /// <summary>Null: the group of the RFC.</summary>
    public IpAddress? MulticastDestination { get; init; }

    /// <summary>The source of adverts must be on the interface.</summary>
    public bool TrackSource { get; init; }

    public bool SkipAddressCheck { get; init; }

    /// <summary>Version 3 over IPv4: the pseudo header is left out of the checksum.</summary>
    public bool ChecksumAsVersion2 { get; init; }

    /// <summary>So many adverts must be missing before a backup takes over.</summary>
    public int DownTimerAdverts { get; init; } = 3;
}
