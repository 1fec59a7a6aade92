using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>
/// When all is repaired, there is one master of each instance, the others are backups, and the clients reach the VIP. With
/// preemption it is the node of the highest rank.
/// </summary>
internal sealed class SettlesOnOneMaster(Cluster cluster) : Rule(cluster)
{
    private const int AnswersWanted = 5;

    public override void WhenSettled()
    {
        for (int i = 0; i < Site.InstanceCount; i++)
        {
            Check(i);
        }

        if (Cluster.Clients.AnsweredInARow < AnswersWanted)
        {
            Break($"clients had only {Cluster.Clients.AnsweredInARow} answers in a row");
        }
    }

    private void Check(int instance)
    {
        SimNode? master = null;
        SimNode? best = null;
        foreach (SimNode node in Cluster.Nodes)
        {
            if (!node.RunningFile.Has(instance))
            {
                continue;
            }

            VrrpInstance machine = node.Role.MachineOf(instance) ?? throw new InvalidOperationException("all were started");
            best = best is null || Ranks(machine, best.Role.MachineOf(instance)!) ? node : best;
            if (machine.State == VrrpState.Master)
            {
                if (master is not null)
                {
                    Break($"{master.Name} and {node.Name} are masters of VI_{instance + 1}");
                }

                master = node;
            }
            else if (machine.State != VrrpState.Backup || node.HoldsLease(instance))
            {
                Break($"{node.Name} is {machine.State} of VI_{instance + 1}, lease {node.HoldsLease(instance)}");
            }
        }

        if (best is null)
        {
            return;     // all of them were told to have it no more
        }

        if (master is null)
        {
            Break($"nobody is master of VI_{instance + 1}");
        }

        if (!master.HoldsLease(instance))
        {
            Break($"{master.Name} is master of VI_{instance + 1} without its lease");
        }

        if (!best.RunningFile.Nopreempt && Ranks(best.Role.MachineOf(instance)!, master.Role.MachineOf(instance)!))
        {
            Break($"{master.Name} is master of VI_{instance + 1}, but {best.Name} ranks higher");
        }
    }

    // A node of the same priority and a higher address does not preempt; only a higher priority does.
    private static bool Ranks(VrrpInstance left, VrrpInstance right) =>
        left.EffectivePriority > right.EffectivePriority;
}
