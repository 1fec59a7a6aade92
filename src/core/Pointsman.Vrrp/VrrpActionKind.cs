namespace Pointsman.Vrrp;

/// <summary>What is asked of the world.</summary>
public enum VrrpActionKind
{
    None,

    /// <summary>Send an advert of <c>Priority</c>; <see cref="VrrpRouter.WriteAdvertPacket"/> has the bytes.</summary>
    SendAdvert,

    /// <summary>Put the virtual addresses on the interface; those already there are well.</summary>
    AddAddresses,

    /// <summary>Take the virtual addresses off the interface; those already gone are well.</summary>
    RemoveAddresses,

    /// <summary>Broadcast <c>Repeat</c> gratuitous ARP requests for each virtual address.</summary>
    AnnounceAddresses,

    /// <summary>Grant the data path the instance's ownership lease.</summary>
    Arm,

    /// <summary>Prolong the granted lease: it now ends one lease time from here.</summary>
    RenewLease,

    /// <summary>Revoke the ownership lease.</summary>
    Disarm,

    /// <summary><c>PeerAddress</c> at <c>PeerMac</c> may be director of this instance's addresses.</summary>
    LearnPeer,

    /// <summary>Ask by an ARP probe, or a neighbour solicitation, who answers for the virtual address <c>PeerAddress</c>; nobody is expected to.</summary>
    ProbeAddress,

    /// <summary>Ask <c>PeerAddress</c> at <c>PeerMac</c>, by ARP or neighbour solicitation, whether it is alive.</summary>
    AskPeer,

    /// <summary>Tell <c>Event</c>.</summary>
    Report,
}
