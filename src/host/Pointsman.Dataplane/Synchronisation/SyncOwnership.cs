using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;

namespace Pointsman.Dataplane.Synchronisation;

/// <summary>Which services are this node's to balance, now and a moment ago.</summary>
internal sealed class SyncOwnership(PinnedTables tables)
{
    /// <summary>What was seen last before the services went to another node is still told.</summary>
    private const int AfterwardsMs = 3_000;

    private readonly long[] _heldAtMs = [.. Enumerable.Repeat(long.MinValue / 2, PmLimit.Leases)];
    private ulong _now;

    /// <summary>To be called before the others, as often as it matters.</summary>
    internal void Look(ulong now)
    {
        _now = now;
        ReadOnlySpan<PmLease> leases = tables.Leases.Span;
        for (int i = 0; i < leases.Length; i++)
        {
            if (leases[i].ForwardsUntil > now)
            {
                _heldAtMs[i] = Environment.TickCount64;
            }
        }
    }

    /// <summary>Its connections are this node's to tell of.</summary>
    internal bool IsTold(in PmServer server) =>
        !NeedsLease(server) || Environment.TickCount64 - _heldAtMs[server.Lease % PmLimit.Leases] < AfterwardsMs;

    /// <summary>Nobody but this node balances it now.</summary>
    internal bool IsOwnerAlone(in PmServer server) =>
        NeedsLease(server) && tables.Leases[(int)(server.Lease % PmLimit.Leases)].ForwardsUntil > _now;

    /// <summary>It sees its clients as addresses of one director, with ports that only that one knows.</summary>
    internal static bool IsByFullNat(in PmServer server) => (server.Flags & (ushort)PmServerFlag.Guised) != 0;

    /// <summary>It moves from node to node.</summary>
    internal static bool NeedsLease(in PmServer server) => (server.OwnerFlags & (ushort)PmOwnerFlag.NeedsLease) != 0;
}
