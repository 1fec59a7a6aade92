using System.Collections.Immutable;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>How fast addresses are announced.</summary>
public sealed record AnnouncementSettings
{
    /// <summary>From one gratuitous ARP on an interface to the next; zero: without a pause.</summary>
    public TimeSpan ArpInterval { get; init; }

    /// <summary>The same for unsolicited neighbour advertisements.</summary>
    public TimeSpan NeighbourInterval { get; init; }

    /// <summary>Interfaces that share a pace of their own.</summary>
    public ImmutableArray<AnnouncementGroup> Groups { get; init; } = [];
}
