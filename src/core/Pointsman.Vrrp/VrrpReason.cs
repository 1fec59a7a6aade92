namespace Pointsman.Vrrp;

/// <summary>Why an instance changed its state.</summary>
public enum VrrpReason
{
    None,

    /// <summary>The start, or the end of a fault or of waiting for scripts.</summary>
    Started,

    /// <summary>A restarted daemon found its ownership lease unexpired.</summary>
    Resumed,

    /// <summary>Priority 255 and a wish to start as master.</summary>
    AddressOwner,

    /// <summary>No advert for the master-down time, or for the skew time after a master's farewell.</summary>
    AdvertTimeout,

    HigherPriorityHeard,

    /// <summary>Same priority, but the other's source address is numerically higher.</summary>
    HigherAddressHeard,

    /// <summary>The instance's own link, or a tracked one of weight 0, is down.</summary>
    LinkDown,

    /// <summary>A script of weight 0 fails.</summary>
    ScriptFailed,

    /// <summary>A process of weight 0 does not run, or runs too often.</summary>
    ProcessMissing,

    /// <summary>A path watched by BFD is down.</summary>
    PathDown,

    /// <summary>The number in a tracked file is a fault.</summary>
    FileSaysFault,

    /// <summary>A static address, route or rule of a tracked group is missing and cannot be set.</summary>
    StaticMissing,

    /// <summary>The interface has no address to send from.</summary>
    NoSourceAddress,

    /// <summary>There is nobody to send unicast adverts to.</summary>
    NoPeers,

    FaultCleared,

    /// <summary>Nothing was sent for as long as the ownership lease lasts.</summary>
    Overslept,

    /// <summary>Another member of the sync group brought it along.</summary>
    SyncGroup,

    /// <summary>Another answers for the addresses, and the policy is to yield.</summary>
    RivalAnswers,

    Stopping,

    /// <summary>A leaving master heard the next one.</summary>
    SuccessorHeard,

    /// <summary>A leaving master waited as long as any successor may need.</summary>
    FarewellOver,

    /// <summary>An operator ordered a backup to take over.</summary>
    TakingOver,

    /// <summary>An operator ordered a master to hand over.</summary>
    HandingOver,

    /// <summary>A master that was ordered to hand over heard its successor.</summary>
    HandedOver,

    /// <summary>A master that was ordered to hand over heard nobody, and serves on.</summary>
    NoSuccessor,

    /// <summary>An operator ordered the node to stay out.</summary>
    Maintenance,
}
