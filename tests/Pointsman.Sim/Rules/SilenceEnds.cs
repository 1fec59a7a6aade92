using Pointsman.Base;
using Pointsman.Sim.World;
using Pointsman.Vrrp;
using Pointsman.Vrrp.Rivals;

namespace Pointsman.Sim.Rules;

/// <summary>
/// A backup that is awake and hears nobody does not stay backup: whatever came before, its wait has an end. A member of a
/// sync group that waits for another, one under an operator's order, and one that holds because somebody answers for the
/// address have a reason.
/// </summary>
internal sealed class SilenceEnds(Cluster cluster) : Rule(cluster)
{
    private readonly long[,] _heard = new long[cluster.Nodes.Length, cluster.Site.InstanceCount];
    private readonly Instant?[,] _quietSince = new Instant?[cluster.Nodes.Length, cluster.Site.InstanceCount];

    // A whole master-down time, once more to listen after a sleep, a second look, a command that comes in between.
    private readonly TimeSpan _longest = (2 * cluster.Site.LongestMasterDown) + TimeSpan.FromSeconds(1);

    public override void AfterEvent()
    {
        foreach (SimNode node in Cluster.Nodes)
        {
            for (int i = 0; i < Site.InstanceCount; i++)
            {
                Check(node, i);
            }
        }
    }

    private void Check(SimNode node, int index)
    {
        ref Instant? quietSince = ref _quietSince[node.Index, index];
        if (!IsAwake(node) || node.WasOrdered
            || node.Role.MachineOf(index) is not { State: VrrpState.Backup, WantsMaster: false, Rival: null } instance
            || instance.Settings.RivalPolicy != RivalPolicy.Announce)
        {
            quietSince = null;
            return;
        }

        ref long before = ref _heard[node.Index, index];
        long heard = instance.Counters.AdvertsReceived;
        if (quietSince is not { } since || before != heard)
        {
            quietSince = Now;
            before = heard;
        }
        else if (Now - since > _longest)
        {
            Break($"{node.Name} is backup of {instance.Settings.Name} and heard nobody for {(Now - since).TotalSeconds:0.0} s");
        }
    }
}
