namespace Pointsman.Wire;

/// <summary>Why a frame is no neighbour advertisement (RFC 4861 §7.1.2).</summary>
public enum NeighbourParseError
{
    None,

    /// <summary>Shorter than its headers, its message or one of its options says.</summary>
    TooShort,

    /// <summary>Not IPv6.</summary>
    EtherType,

    /// <summary>Not ICMPv6 right behind the IPv6 header.</summary>
    NextHeader,

    /// <summary>Not 255: a router has passed it on.</summary>
    HopLimit,

    /// <summary>Not an advertisement, or not of code 0.</summary>
    Type,

    Checksum,

    /// <summary>It is about a multicast address.</summary>
    Target,

    /// <summary>An option of length zero.</summary>
    Option,
}
