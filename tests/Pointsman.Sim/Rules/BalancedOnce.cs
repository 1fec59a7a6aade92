using Pointsman.Sim.World;

namespace Pointsman.Sim.Rules;

/// <summary>
/// What a director has balanced, no other director balances again that was ever told its hardware address; and none
/// balances a packet that has come by it before. So nothing circles, and when the clients are silent, the wire is: in every
/// state of mastership, also with two masters, or none.
/// </summary>
internal sealed class BalancedOnce(Cluster cluster) : Rule(cluster)
{
    public override void OnBalanced(SimNode node, Frame.ToVip packet)
    {
        if ((packet.BalancedBy & (1 << node.Index)) != 0)
        {
            Break($"flow {packet.Flow} is back at {node.Name}, which balances it again");
        }

        if (packet.BalancedBy != 0 && node.HasMet(packet.Source))
        {
            Break($"{node.Name} balances flow {packet.Flow}, which comes from a director it knows");
        }
    }
}
