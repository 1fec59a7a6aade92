using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>The members of a sync group are masters together or not at all: traffic comes in by one and goes out by the other.</summary>
internal sealed class GroupMovesTogether(Cluster cluster) : Rule(cluster)
{
    public override void AfterEvent()
    {
        for (int first = 0; first + 1 < Site.InstanceCount; first += 2)
        {
            foreach (SimNode node in Cluster.Nodes)
            {
                if (IsAwake(node) && node.RunningFile.Ties(first, Site.InstanceCount) && (StateOf(node, first) == VrrpState.Master) != (StateOf(node, first + 1) == VrrpState.Master))
                {
                    Break($"{node.Name} is {StateOf(node, first)} of VI_{first + 1} and {StateOf(node, first + 1)} of VI_{first + 2}");
                }
            }
        }
    }
}
