using System.Collections.Immutable;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>How the VRRP role stands at one moment.</summary>
public sealed record RoleSnapshot
{
    public int ProcessId { get; init; }

    public ImmutableArray<InstanceSnapshot> Instances { get; init; } = [];

    /// <summary>The parent is gone and the grace runs, or it is silent.</summary>
    public bool IsOrphan { get; init; }

    /// <summary>Events nobody fetched in time.</summary>
    public long DroppedEvents { get; init; }

    /// <summary>VRRP packets for router ids no instance has on that interface.</summary>
    public long UnknownRouterIds { get; init; }

    /// <summary>Protocol 112 packets that were no whole IPv4 packets to the group.</summary>
    public long MalformedPackets { get; init; }

    /// <summary>The latest a deadline was ever served.</summary>
    public TimeSpan WorstLateness { get; init; }

    /// <summary>Managed memory the real-time thread has allocated so far; it stands still while nothing changes.</summary>
    public long AllocatedBytes { get; init; }

    /// <summary>The same of the thread that speaks while that one is held up.</summary>
    public long DeputyAllocatedBytes { get; init; }
}
