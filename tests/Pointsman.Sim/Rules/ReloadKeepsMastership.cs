using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>
/// Who was master when its VRRP process made way, or died, is master again with the next one, if that comes within the
/// lease and finds nothing at fault; in a sync group, if all members were. The same holds where the process goes on with
/// other settings, whatever else comes or goes with them.
/// </summary>
internal sealed class ReloadKeepsMastership(Cluster cluster) : Rule(cluster)
{
    public override void OnRoleStarted(SimNode node, ReadOnlySpan<bool> wasMaster) => Check(node, wasMaster, "in its next process");

    public override void OnReconfigured(SimNode node, ReadOnlySpan<bool> wasMaster) => Check(node, wasMaster, "with new settings");

    private void Check(SimNode node, ReadOnlySpan<bool> wasMaster, string where)
    {
        for (int i = 0; i < Site.InstanceCount; i++)
        {
            int other = node.RunningFile.Ties(i, Site.InstanceCount) ? i ^ 1 : i;
            bool isAtFault = StateOf(node, i) == VrrpState.Fault || StateOf(node, other) == VrrpState.Fault;
            if (wasMaster[i] && wasMaster[other] && !isAtFault && node.RunningFile.Has(i) && StateOf(node, i) != VrrpState.Master)
            {
                Break($"{node.Name} was master of VI_{i + 1}, and is {StateOf(node, i)} {where}");
            }
        }
    }
}
