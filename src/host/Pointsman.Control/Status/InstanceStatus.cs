using System.Collections.Immutable;

namespace Pointsman.Control.Status;

/// <summary>One <c>vrrp_instance</c>.</summary>
public sealed record InstanceStatus
{
    public string Name { get; init; } = "";

    /// <summary>MASTER, BACKUP, FAULT or INIT.</summary>
    public string State { get; init; } = "";

    /// <summary>How long it has been in that state.</summary>
    public double SinceSeconds { get; init; }

    /// <summary>Why it went there.</summary>
    public string Reason { get; init; } = "";

    public string? SyncGroup { get; init; }

    /// <summary>What an operator has ordered: stand-aside, take-over, rest or rest-unserved; null for nothing.</summary>
    public string? Order { get; init; }

    /// <summary>As configured.</summary>
    public int Priority { get; init; }

    /// <summary>After the weights of what it tracks: the one that is announced.</summary>
    public int EffectivePriority { get; init; }

    public string Interface { get; init; } = "";

    public int VirtualRouterId { get; init; }

    public double AdvertIntervalSeconds { get; init; }

    /// <summary>The version of the protocol, 2 or 3.</summary>
    public int Version { get; init; }

    /// <summary>The address adverts are sent from; null while there is none.</summary>
    public string? SentFrom { get; init; }

    /// <summary>To whom adverts go: the multicast group, or the unicast peers.</summary>
    public ImmutableArray<string> SentTo { get; init; } = [];

    /// <summary>The interval by which the silence of the current master is measured.</summary>
    public double MasterAdvertIntervalSeconds { get; init; }

    /// <summary>The address the current master's adverts come from; null when that is this node, or none is heard.</summary>
    public string? Peer { get; init; }

    public int? PeerPriority { get; init; }

    /// <summary>The virtual addresses, each with its prefix length.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    public long AdvertsSent { get; init; }

    public long AdvertsReceived { get; init; }

    /// <summary>Times it became master since the daemon started.</summary>
    public long BecameMaster { get; init; }

    /// <summary>Adverts not accepted, by reason. Only reasons that occurred.</summary>
    public IReadOnlyDictionary<string, long> AdvertsDiscarded { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Rules of nftables (<c>no_accept</c>, <c>use_vmac</c>) that are not in force, and why; null: all are.</summary>
    public string? RulesMissing { get; init; }

    /// <summary>Another master that the election does not bring in; null: none is seen.</summary>
    public RivalStatus? Rival { get; init; }

    /// <summary>It is master, and so is another.</summary>
    public bool SplitBrain { get; init; }

    /// <summary>What it does then: announce, yield, hold.</summary>
    public string SplitBrainPolicy { get; init; } = "announce";

    /// <summary>Other masters told of, and changes about them, since the daemon started.</summary>
    public long RivalsSeen { get; init; }

    /// <summary>ARP of others that answered for the addresses.</summary>
    public long RivalClaims { get; init; }

    /// <summary>Times a takeover was put off because another answered for the addresses.</summary>
    public long TakeoversHeld { get; init; }

    /// <summary>Times it let go because another answered for the addresses.</summary>
    public long YieldedToRival { get; init; }
}
