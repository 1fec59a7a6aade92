using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>Nobody follows a machine that is no director of the site, whatever it sends.</summary>
internal sealed class StrangersMoveNothing(Cluster cluster) : Rule(cluster)
{
    public override void AfterEvent()
    {
        foreach (SimNode node in Cluster.Nodes)
        {
            if (node.Role.Router is not { } router)
            {
                continue;
            }

            foreach (VrrpInstance instance in router.Instances)
            {
                if (instance.MasterAddress == Stranger.Address || instance.MasterAddress == Stranger.LinkLocal)
                {
                    Break($"{node.Name} follows the stranger as master of {instance.Settings.Name}");
                }
            }
        }
    }
}
