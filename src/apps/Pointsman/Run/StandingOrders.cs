using System.Collections.Immutable;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.App.Run;

/// <summary>
/// The orders about mastership that have not ended, for a VRRP process that takes the place of one that died. Those to stay out are
/// written down as well (<see cref="MaintenanceNote"/>).
/// </summary>
internal sealed class StandingOrders(string maintenanceNote)
{
    private readonly MaintenanceNote _maintenance = new(maintenanceNote);

    /// <summary>To stand aside, to take over: these end with the next master here.</summary>
    private readonly SortedDictionary<string, VrrpOrder> _passing = new(StringComparer.Ordinal);

    /// <summary>Those to stay out.</summary>
    internal ImmutableArray<StandingOrder> Maintenance =>
    [
        .. _maintenance.Entries.Select(entry => new StandingOrder(entry.Key, entry.Value ? VrrpOrder.RestUnserved : VrrpOrder.Rest)),
    ];

    internal ImmutableArray<StandingOrder> All =>
        [.. Maintenance, .. _passing.Select(entry => new StandingOrder(entry.Key, entry.Value))];

    internal void Read() => _maintenance.Read();

    /// <returns>Why it could not be written down.</returns>
    internal string? Set(string instance, VrrpOrder order)
    {
        _passing.Remove(instance);
        switch (order)
        {
            case VrrpOrder.Rest or VrrpOrder.RestUnserved:
                return _maintenance.Set(instance, unserved: order == VrrpOrder.RestUnserved);
            case VrrpOrder.StandAside or VrrpOrder.TakeOver:
                _passing[instance] = order;
                break;
            case VrrpOrder.None:
            default:
                break;
        }

        return _maintenance.Remove(instance);
    }

    /// <returns>Why it could not be written down.</returns>
    internal string? OnStateChanged(RoleEvent.StateChanged changed)
    {
        // Who goes on as master after a crash is handing over still.
        bool isOver = EndsMaintenance(changed);
        if (isOver || changed is { To: VrrpState.Master, Reason: not VrrpReason.Resumed })
        {
            _passing.Remove(changed.Instance);
        }

        return isOver ? _maintenance.Remove(changed.Instance) : null;
    }

    /// <summary>
    /// A master without a successor has refused to go, or slept through its farewell: the order is over in the VRRP role, and
    /// a note of it would take the node out at the next start.
    /// </summary>
    private static bool EndsMaintenance(RoleEvent.StateChanged changed) =>
        changed is { From: VrrpState.Leaving, Reason: VrrpReason.NoSuccessor or VrrpReason.Overslept };
}
