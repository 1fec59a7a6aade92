using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Pointsman.Config.Model;
using Pointsman.Control;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.App.Run;

/// <summary>
/// An operator's orders about mastership: refuses those that make no sense here, passes the others to the VRRP role, and
/// remembers who is out for maintenance.
/// </summary>
internal sealed class OrderPart(RunPaths paths, VirtualRouterPart router, ILogger log)
{
    private readonly MaintenanceNote _maintenance = new(paths.MaintenanceNote);

    /// <summary>Before the VRRP role is started for the first time.</summary>
    internal void Open() => _maintenance.Read();

    /// <summary>A new role knows nothing of orders that no other role has left it.</summary>
    internal void OnRoleStarted()
    {
        foreach ((string instance, bool unserved) in _maintenance.Entries)
        {
            router.Order(instance, unserved ? VrrpOrder.RestUnserved : VrrpOrder.Rest);
        }
    }

    internal void OnStateChanged(RoleEvent.StateChanged changed)
    {
        if (EndsMaintenance(changed))
        {
            Warn(_maintenance.Remove(changed.Instance));
        }
    }

    /// <summary>
    /// A master without a successor has refused to go, or slept through its farewell: the order is over in the VRRP role, and
    /// a note of it would take the node out at the next start.
    /// </summary>
    internal static bool EndsMaintenance(RoleEvent.StateChanged changed) =>
        changed is { From: VrrpState.Leaving, Reason: VrrpReason.NoSuccessor or VrrpReason.Overslept };

    internal ControlReply Obey(VrrpOrder order, string? name, Configuration configuration)
    {
        ImmutableArray<string> named = Find(name, configuration);
        if (named.IsEmpty)
        {
            return ControlReply.Error(ControlError.Failed, NotFound(name, configuration));
        }

        if (order == VrrpOrder.StandAside && !named.Any(router.IsMaster))
        {
            return ControlReply.Error(
                ControlError.Failed, $"this node is not master of {string.Join(", ", named)}: there is nothing to hand over");
        }

        string? fault = null;
        foreach (string instance in named)
        {
            fault = Remember(order, instance) ?? fault;
            router.Order(instance, order);
        }

        Log.Ordered(log, order.ToString(), string.Join(", ", named));
        Warn(fault);
        return ControlReply.Ok(new OrderAccepted(named) { Warning = fault }, ControlJson.Default.OrderAccepted);
    }

    /// <returns>Why it could not be written down.</returns>
    private string? Remember(VrrpOrder order, string instance) => order is VrrpOrder.Rest or VrrpOrder.RestUnserved
        ? _maintenance.Set(instance, unserved: order == VrrpOrder.RestUnserved)
        : _maintenance.Remove(instance);

    private void Warn(string? fault)
    {
        if (fault is not null)
        {
            Log.Warning(log, fault);
        }
    }

    // A group goes as a whole, whichever of its members is named.
    private static ImmutableArray<string> Find(string? name, Configuration configuration)
    {
        SyncGroupConfig? group = configuration.SyncGroups.FirstOrDefault(
            candidate => candidate.Name == name || (name is not null && candidate.Members.Contains(name)));
        return group is not null
            ? [.. group.Members]
            : [.. configuration.Instances.Select(instance => instance.Name).Where(each => name is null || each == name)];
    }

    private static string NotFound(string? name, Configuration configuration) => configuration.Instances.IsEmpty
        ? "the configuration has no vrrp_instance"
        : $"no vrrp_instance or vrrp_sync_group is called {name}; there are "
            + string.Join(", ", configuration.Instances.Select(instance => instance.Name)
                .Concat(configuration.SyncGroups.Select(group => group.Name)));
}
