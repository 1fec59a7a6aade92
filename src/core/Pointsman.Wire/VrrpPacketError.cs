namespace Pointsman.Wire;

/// <summary>Why bytes are no IP packet with a VRRP message. One member, one test.</summary>
public enum VrrpPacketError
{
    None,

    /// <summary>Not a whole IPv4 packet, or only a fragment of one.</summary>
    Ipv4,

    /// <summary>Not a whole IPv6 packet.</summary>
    Ipv6,

    /// <summary>Another protocol than VRRP, with or without an authentication header.</summary>
    Protocol,

    /// <summary>Too short for the two bytes that name the virtual router.</summary>
    Message,
}
