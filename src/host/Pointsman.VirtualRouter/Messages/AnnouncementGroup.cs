using System.Collections.Immutable;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>Interfaces on which announcements wait for each other.</summary>
/// <param name="ArpInterval">Null: that of all interfaces.</param>
/// <param name="NeighbourInterval">Null: that of all interfaces.</param>
public sealed record AnnouncementGroup(ImmutableArray<string> Interfaces, TimeSpan? ArpInterval, TimeSpan? NeighbourInterval);
