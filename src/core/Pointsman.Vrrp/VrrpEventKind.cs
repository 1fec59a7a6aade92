namespace Pointsman.Vrrp;

/// <summary>What an event tells.</summary>
public enum VrrpEventKind
{
    None,

    /// <summary>An instance went <c>From</c> one state <c>To</c> another, for a <c>Reason</c>.</summary>
    StateChanged,

    /// <summary>A member takes its sync group along <c>To</c> a state.</summary>
    GroupSyncing,

    /// <summary>All members of a sync group have gone <c>From</c> one state <c>To</c> another.</summary>
    GroupStateChanged,

    AdvertTimeout,

    /// <summary>A backup overslept its takeover and listens first; <c>Duration</c> is how late it was.</summary>
    TakeoverPostponed,

    PriorityZeroSent,

    /// <summary>A master's farewell from <c>Source</c>, heard in state <c>From</c>.</summary>
    PriorityZeroReceived,

    /// <summary>A farewell of a node that is not the master we follow changes nothing.</summary>
    StrayPriorityZeroReceived,

    /// <summary>A backup lets the adverts of a lower master pass (<c>Theirs</c>, <c>Ours</c>) until its timer is out.</summary>
    LowerPriorityDiscarded,

    /// <summary>A backup leaves a lower master (<c>Theirs</c>, <c>Ours</c>) in peace for a <c>Duration</c>.</summary>
    PreemptionDelayed,

    /// <summary>A master answers a lower one.</summary>
    LowerPriorityAnswered,

    HigherPriorityHeard,
    HigherAddressHeard,
    PriorityChanged,
    SettingAddresses,
    RemovingAddresses,

    /// <summary>One address is announced.</summary>
    Announcing,

    /// <summary>A packet was not heard, for <c>Discard</c>.</summary>
    PacketDiscarded,

    /// <summary>The number of addresses differs: <c>Theirs</c>, <c>Ours</c>.</summary>
    AddressCountMismatch,

    /// <summary>Our <c>Address</c> is not among those of <c>Source</c>.</summary>
    AddressMissing,

    /// <summary><c>Source</c> advertises every <c>Duration</c>, which is not our interval. Version 3 only.</summary>
    AdvertIntervalDiffers,

    /// <summary>The checksums of <c>Source</c> are taken over something else than ours: <c>Theirs</c>, <c>Ours</c>.</summary>
    ChecksumFormDiffers,

    /// <summary>Held until the script <c>Subject</c> has its first result.</summary>
    WaitingForScript,

    /// <summary>Another master is seen, or something about it changed: <c>Subject</c> says what.</summary>
    RivalSeen,

    /// <summary>The other master, <c>Subject</c>, is seen no more.</summary>
    RivalGone,

    /// <summary>A takeover is put off: <c>Address</c> is answered for by the hardware address <c>Subject</c>.</summary>
    TakeoverHeld,

    /// <summary>The last master, <c>Source</c>, is silent and its machine answers ARP or neighbour discovery.</summary>
    LastMasterAlive,

    /// <summary>The action of kind <c>FailedAction</c> failed with <c>Errno</c>.</summary>
    ActionFailed,
}
