namespace Pointsman.Wire;

/// <summary>
/// What a VRRP checksum is taken over. RFC 5798 §5.2.8 left room for two readings over IPv4, and both are on the wire:
/// keepalived adds the pseudo header, RFC 9568 §5.2.8 and others do not.
/// </summary>
public enum VrrpChecksumForm : byte
{
    /// <summary>The VRRP message alone: version 2, and version 3 over IPv4 by RFC 9568.</summary>
    Message,

    /// <summary>The pseudo header of the packet and the message: version 3 over IPv6, and over IPv4 by keepalived.</summary>
    PseudoHeader,

    /// <summary>
    /// Version 3 to a unicast peer over IPv4, by keepalived before 1.3.6: a pseudo header whose destination is the
    /// multicast group all the same.
    /// </summary>
    PseudoHeaderOfGroup,
}
