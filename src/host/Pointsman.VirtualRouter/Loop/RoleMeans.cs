using Pointsman.Linux.Timing;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>What the role has from its start to its end, whatever its settings.</summary>
internal sealed record RoleMeans(EventPoll Poll, EventOutbox Outbox, IOwnershipLeases Leases, HostChanges HostChanges, Deputy Deputy)
{
    internal Leftovers Leftovers { get; } = new(Outbox);
}
