using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>
/// Who was master when its VRRP process made way, or died, is master again with the next one, if that comes within the
/// lease and finds nothing at fault; in a sync group, if all members were.
/// </summary>
internal sealed class ReloadKeepsMastership(Cluster cluster) : Rule(cluster)
{
    public override void OnRoleStarted(SimNode node, ReadOnlySpan<bool> wasMaster)
    {
        for (int i = 0; i < Site.InstanceCount; i++)
        {
            int other = Site.InstanceCount > 1 ? i ^ 1 : i;
            bool isAtFault = StateOf(node, i) == VrrpState.Fault || StateOf(node, other) == VrrpState.Fault;
            if (wasMaster[i] && wasMaster[other] && !isAtFault && StateOf(node, i) != VrrpState.Master)
            {
                Break($"{node.Name} was master of VI_{i + 1}, and is {StateOf(node, i)} in its next process");
            }
        }
    }
}
