using Pointsman.Base;
using Pointsman.Vrrp;

namespace Pointsman.Sim.World;

/// <summary>What the settings before had, and these have not: it is let go of.</summary>
internal sealed class SimWithdrawal(SimNode node, RoleEffects effects)
{
    /// <summary>The instances of which this holds.</summary>
    public HeldInstance[] Held(VrrpRouter router, Func<VrrpInstance, bool> isIt) =>
    [
        .. router.Instances.Where(isIt).Select(instance => new HeldInstance(
            instance.Settings,
            instance.SourceAddress,
            instance.State == VrrpState.Master ? node.SpokeAt[SiteSettings.NumberOf(instance)] + instance.LeaseTime : Instant.Zero)),
    ];

    /// <summary>As the host's: the instance as it was says farewell where its word is still good, and lets go.</summary>
    public void Carry(HeldInstance[] held, VrrpRouter router)
    {
        if (node.Cluster.Mutant == Mutant.KeepsTheDropped)
        {
            return;
        }

        foreach (HeldInstance dropped in held)
        {
            if (router.Instances.Any(instance => instance.HoldsAddresses && dropped.Settings.IsSameRouterAs(instance.Settings)))
            {
                continue;
            }

            List<VrrpAction> actions = [];
            var machine = new VrrpRouter(new VrrpRouterSettings { Instances = [dropped.Settings] });
            machine.SkipSequencesTo(uint.MaxValue / 2);
            machine.OnSourceAddress(node.Role.Now, 0, dropped.Source, []);
            node.Log($"lets go of {dropped.Settings.Name}");
            if (node.Role.Now < dropped.Until)
            {
                actions.Add(VrrpAction.SendAdvert(0, priority: 0));
            }

            if (node.Cluster.Mutant != Mutant.DropsWithTheLease)
            {
                actions.Add(VrrpAction.Disarm(0));
            }

            actions.Add(VrrpAction.RemoveAddresses(0));
            effects.TryAll(machine, actions);
            int number = SiteSettings.NumberOf(machine.Instances[0]);
            if (node.HoldsAddresses(number) && node.Cluster.Mutant != Mutant.ForgetsLeftovers)
            {
                node.Role.LeaveBehind(number);
            }
        }
    }

    /// <summary>An instance that was master, as it was.</summary>
    /// <param name="Until">When its word is no longer good.</param>
    internal sealed record HeldInstance(VrrpInstanceSettings Settings, IpAddress Source, Instant Until);
}
