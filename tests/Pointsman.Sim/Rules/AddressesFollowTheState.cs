using Pointsman.Base;
using Pointsman.Sim.World;

namespace Pointsman.Sim.Rules;

/// <summary>
/// The virtual addresses are on a node exactly while its machine is master or takes its leave - as long as a process runs
/// there that can act. What the kernel refused, or made wait, is made up for within the retry time.
/// </summary>
internal sealed class AddressesFollowTheState(Cluster cluster) : Rule(cluster)
{
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(1.01);

    public override void AfterEvent()
    {
        foreach (SimNode node in Cluster.Nodes)
        {
            if (!IsAwake(node) || Now < node.RefusesUntil + RetryTime || Now < node.Role.HeldUpUntil + RetryTime)
            {
                continue;
            }

            for (int i = 0; i < Site.InstanceCount; i++)
            {
                bool shouldHold = node.Role.MachineOf(i) is { HoldsAddresses: true };
                if (node.HoldsAddresses(i) != shouldHold)
                {
                    Break($"{node.Name} is {StateOf(node, i)} of VI_{i + 1} and {(shouldHold ? "has not" : "has")} its addresses");
                }
            }
        }
    }
}
