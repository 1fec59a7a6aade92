using System.Diagnostics.CodeAnalysis;
using Pointsman.Base;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>Something that must hold in every run, watched from outside the nodes.</summary>
internal abstract class Rule(Cluster cluster)
{
    protected Cluster Cluster => cluster;

    protected Instant Now => cluster.Clock.Now;

    protected SiteSettings Site => cluster.Site;

    /// <summary>After everything that happens.</summary>
    public virtual void AfterEvent()
    {
    }

    public virtual void OnAdvertSent(SimNode node, VrrpInstance instance, byte priority)
    {
    }

    /// <summary>The node says that the addresses of an instance are here.</summary>
    public virtual void OnAnnounced(SimNode node, VrrpInstance instance)
    {
    }

    /// <summary>The node chooses a server for the packet, which is as it came in.</summary>
    public virtual void OnBalanced(SimNode node, Frame.ToVip packet)
    {
    }

    /// <summary>The node's interface takes in what another says of the VIP: that it has it.</summary>
    public virtual void OnAnnouncementHeard(SimNode node)
    {
    }

    /// <summary>A VRRP process began.</summary>
    /// <param name="wasMaster">By instance: the former one was master, and its lease runs.</param>
    public virtual void OnRoleStarted(SimNode node, ReadOnlySpan<bool> wasMaster)
    {
    }

    /// <summary>The VRRP process goes on with new settings.</summary>
    /// <param name="wasMaster">By instance: it was master until now, and its lease runs.</param>
    public virtual void OnReconfigured(SimNode node, ReadOnlySpan<bool> wasMaster)
    {
    }

    /// <summary>Everything was repaired and had its time to settle.</summary>
    public virtual void WhenSettled()
    {
    }

    [DoesNotReturn]
    protected void Break(string message) => throw new RuleBrokenException(GetType().Name, message);

    /// <summary>The role runs and can act at this moment: it is neither frozen nor waits for the kernel.</summary>
    protected static bool IsAwake(SimNode node) => node.Role is { Router: not null, IsFrozen: false, HeldUpSince: null };

    protected static VrrpState? StateOf(SimNode node, int instance) => node.Role.MachineOf(instance)?.State;
}
