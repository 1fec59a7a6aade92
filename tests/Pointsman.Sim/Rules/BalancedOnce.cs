using Pointsman.Sim.World;

namespace Pointsman.Sim.Rules;

/// <summary>
/// A packet of a client is balanced once at most, and crosses the wire twice at most: when the clients are silent, the
/// wire is. In every state of mastership, also with two masters, or none.
/// </summary>
internal sealed class BalancedOnce(Cluster cluster) : Rule(cluster)
{
    private const int MostCrossings = 2;

    public override void OnBalanced(SimNode node, Frame.ToVip packet)
    {
        if (packet.Balancings > 1)
        {
            Break($"{node.Name} balances flow {packet.Flow} for the {packet.Balancings}. time");
        }
    }

    public override void OnForwarded(SimNode node, Frame.ToVip packet)
    {
        if (packet.Crossings > MostCrossings)
        {
            Break($"flow {packet.Flow} crosses the wire for the {packet.Crossings}. time");
        }
    }
}
