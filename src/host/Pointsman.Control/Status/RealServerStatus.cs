namespace Pointsman.Control.Status;

/// <summary>One <c>real_server</c> of a virtual server.</summary>
public sealed record RealServerStatus
{
    /// <summary>Address and port.</summary>
    public string Address { get; init; } = "";

    /// <summary>up or down.</summary>
    public string State { get; init; } = "up";

    /// <summary>That counts now.</summary>
    public int Weight { get; init; }

    /// <summary>The file's.</summary>
    public int ConfiguredWeight { get; init; }

    /// <summary>What an operator has ordered: drained, disabled, weight 5; null: nothing.</summary>
    public string? Order { get; init; }

    /// <summary>It is this very node.</summary>
    public bool Local { get; init; }

    /// <summary>Established connections.</summary>
    public long Active { get; init; }

    /// <summary>Connections that are being set up or are closing.</summary>
    public long Inactive { get; init; }

    /// <summary>Connections ever scheduled to it.</summary>
    public ulong Connections { get; init; }

    public ulong InPackets { get; init; }

    public ulong InBytes { get; init; }

    /// <summary>What it sent back through this node: zero with direct routing.</summary>
    public ulong OutPackets { get; init; }

    public ulong OutBytes { get; init; }

    /// <summary>Null: not measured yet.</summary>
    public RateStatus? Rates { get; init; }

    /// <summary>How packets reach it, as lb_kind names it.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The MAC address its packets are sent to; null while it is not known, or when it is this node.</summary>
    public string? NextHop { get; init; }

    /// <summary>Why it is in this state.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Null while the state has not changed since the daemon started.</summary>
    public double? SinceSeconds { get; init; }

    /// <summary>Null: no check is configured, or none has run.</summary>
    public LastCheckStatus? LastCheck { get; init; }
}
