using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Pointsman.Config.Model;
using Pointsman.Control;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.App.Run;

/// <summary>
/// An operator's orders about mastership: refuses those that make no sense here, passes the others to the VRRP role, and
/// remembers those that stand.
/// </summary>
internal sealed class OrderPart(StandingOrders orders, VirtualRouterPart router, ILogger log)
{
    /// <summary>One that goes on from another has its orders from that one, who may not have heard the last of them.</summary>
    internal void OnRoleStarted()
    {
        foreach (StandingOrder order in orders.Maintenance)
        {
            router.Order(order.Instance, order.What);
        }
    }

    internal void OnStateChanged(RoleEvent.StateChanged changed) => Warn(orders.OnStateChanged(changed));

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
            fault = orders.Set(instance, order) ?? fault;
            router.Order(instance, order);
        }

        Log.Ordered(log, order.ToString(), string.Join(", ", named));
        Warn(fault);
        return ControlReply.Ok(new OrderAccepted(named) { Warning = fault }, ControlJson.Default.OrderAccepted);
    }

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
