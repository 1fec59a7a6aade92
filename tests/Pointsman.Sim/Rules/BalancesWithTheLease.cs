using Pointsman.Base;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>
/// Only a node that holds the lease of the VIP chooses servers, for new connections and for known ones. One that is no
/// real server goes on for a farewell's time when the lease was not renewed, but not once its successor was heard.
/// </summary>
internal sealed class BalancesWithTheLease(Cluster cluster) : Rule(cluster)
{
    private readonly Instant?[] _successorHeardAt = new Instant?[cluster.Nodes.Length];

    public override void OnAnnouncementHeard(SimNode node)
    {
        if (!node.HoldsLease(0))
        {
            _successorHeardAt[node.Index] = Now;
        }
    }

    public override void OnBalanced(SimNode node, Frame.ToVip packet)
    {
        if (node.HoldsLease(0))
        {
            return;
        }

        if (Site.NodesServe || node.LeaseEnd(0) is not { } end || Now >= end + VrrpTimers.Farewell(Site.PaceOf(0)))
        {
            Break($"{node.Name} balances flow {packet.Flow} without the lease");
        }
        else if (_successorHeardAt[node.Index] >= end)
        {
            Break($"{node.Name} balances flow {packet.Flow} though its successor spoke");
        }
    }
}
