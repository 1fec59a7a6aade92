using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>How one instance stands.</summary>
public sealed record InstanceSnapshot
{
    public string Name { get; init; } = "";

    public VrrpState State { get; init; }

    /// <summary>How long it has been in this state.</summary>
    public TimeSpan StateFor { get; init; }

    public byte EffectivePriority { get; init; }

    /// <summary>Null while the interface has no address to send from.</summary>
    public IpAddress? SourceAddress { get; init; }

    /// <summary>The multicast group, or the unicast peers.</summary>
    public ImmutableArray<IpAddress> AdvertTargets { get; init; } = [];

    /// <summary>The interval by which the master's silence is measured.</summary>
    public TimeSpan MasterAdvertInterval { get; init; }

    /// <summary>Version 3 adverts heard although their interval is not ours.</summary>
    public long IntervalMismatches { get; init; }

    /// <summary>Null while no master is known.</summary>
    public IpAddress? MasterAddress { get; init; }

    public byte MasterPriority { get; init; }

    /// <summary>Its time as backup is out and it waits for its sync group.</summary>
    public bool WantsMaster { get; init; }

    /// <summary>The operator's order that it is under.</summary>
    public VrrpOrder Order { get; init; }

    public TimeSpan MasterDownTime { get; init; }

    public long AdvertsSent { get; init; }

    public long AdvertsReceived { get; init; }

    public long BecameMaster { get; init; }

    public long ReleasedMaster { get; init; }

    public long PriorityZeroSent { get; init; }

    public long PriorityZeroReceived { get; init; }

    public long AddressListMismatches { get; init; }

    public long ActionsFailed { get; init; }

    /// <summary>Rules of nftables that are to keep others from its addresses and are not in force, and why; null: all are.</summary>
    public string? RulesMissing { get; init; }

    /// <summary>Another master that the election does not bring in; null: none is seen.</summary>
    public RivalSnapshot? Rival { get; init; }

    public long RivalsSeen { get; init; }

    public long RivalClaims { get; init; }

    public long TakeoversHeld { get; init; }

    public long YieldedToRival { get; init; }

    /// <summary>Packets not heard; reasons that never occurred are left out.</summary>
    public ImmutableArray<DiscardCount> Discarded { get; init; } = [];
}
