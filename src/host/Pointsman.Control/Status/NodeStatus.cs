using System.Collections.Immutable;

namespace Pointsman.Control.Status;

/// <summary>What the daemon knows about itself: the answer to the verb <c>status</c>.</summary>
public sealed record NodeStatus
{
    public string Version { get; init; } = "";

    public int Pid { get; init; }

    /// <summary>The router id: by default the host's name.</summary>
    public string RouterId { get; init; } = "";

    public string ConfigFile { get; init; } = "";

    public double UptimeSeconds { get; init; }

    /// <summary>Null: none since the start.</summary>
    public ReloadStatus? LastReload { get; init; }

    public ImmutableArray<InstanceStatus> Instances { get; init; } = [];

    public ImmutableArray<ScriptStatus> Scripts { get; init; } = [];

    /// <summary>Watched by BFD.</summary>
    public ImmutableArray<PathStatus> Paths { get; init; } = [];

    public ImmutableArray<VirtualServerStatus> VirtualServers { get; init; } = [];

    /// <summary>Null: VRRP moves nothing here.</summary>
    public DeadMansSwitchStatus? DeadMansSwitch { get; init; }

    /// <summary>What is set by hand in place of what the file says, in words.</summary>
    public ImmutableArray<string> ByHand { get; init; } = [];

    /// <summary>Null: nothing is checked here.</summary>
    public ChecksStatus? Checks { get; init; }

    /// <summary>Null: nothing is forwarded here.</summary>
    public DataPathStatus? DataPath { get; init; }

    /// <summary>What goes out to people, for each server it goes to.</summary>
    public ImmutableArray<SendingStatus> Sending { get; init; } = [];

    /// <summary>Those that tell other directors of connections, or take theirs.</summary>
    public ImmutableArray<SynchronisationStatus> Synchronisation { get; init; } = [];

    public ImmutableArray<PeerStatus> Peers { get; init; } = [];
}
