using Pointsman.Sim.World;

namespace Pointsman.Sim.Rules;

/// <summary>Only a node that holds the lease of the VIP chooses servers, for new connections and for known ones.</summary>
internal sealed class BalancesWithTheLease(Cluster cluster) : Rule(cluster)
{
    public override void OnBalanced(SimNode node, Frame.ToVip packet)
    {
        if (!node.HoldsLease(0))
        {
            Break($"{node.Name} balances flow {packet.Flow} without the lease");
        }
    }
}
