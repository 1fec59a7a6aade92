namespace Pointsman.Wire;

/// <summary>Why a frame is not ARP for IPv4 over Ethernet. One member, one counter, one test.</summary>
public enum ArpParseError
{
    None,

    /// <summary>Shorter than the Ethernet header and the packet.</summary>
    TooShort,

    /// <summary>Another protocol's frame.</summary>
    EtherType,

    /// <summary>ARP for other hardware or another protocol than IPv4 over Ethernet.</summary>
    AddressTypes,

    /// <summary>Neither a request nor a reply.</summary>
    Operation,
}
