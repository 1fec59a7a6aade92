using Pointsman.Base;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>
/// A backup that is awake and hears nobody does not stay backup: whatever came before, its wait has an end. A member of a
/// sync group that waits for another, one under an operator's order, and one that holds because somebody answers for the
/// address have a reason.
/// </summary>
internal sealed class SilenceEnds(Cluster cluster) : Rule(cluster)
{
    private readonly Dictionary<(int Node, int Instance), (long Heard, VrrpState State, Instant Since)> _quiet = [];

    // A whole master-down time, once more to listen after a sleep, a second look, a command that comes in between.
    private TimeSpan Longest => (2 * Site.LongestMasterDown) + TimeSpan.FromSeconds(1);

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
        VrrpInstance? instance = node.Role.Router?.Instances[index];
        bool waits = instance is { State: VrrpState.Backup, WantsMaster: false, Rival: null } && IsAwake(node) && !node.WasOrdered
            && instance.Settings.RivalPolicy == Vrrp.Rivals.RivalPolicy.Announce;
        (int, int) key = (node.Index, index);
        if (!waits)
        {
            _quiet.Remove(key);
            return;
        }

        long heard = instance!.Counters.AdvertsReceived;
        if (!_quiet.TryGetValue(key, out (long Heard, VrrpState State, Instant Since) before) || before.Heard != heard)
        {
            _quiet[key] = (heard, instance.State, Now);
        }
        else if (Now - before.Since > Longest)
        {
            Break($"{node.Name} is backup of {instance.Settings.Name} and heard nobody for {(Now - before.Since).TotalSeconds:0.0} s");
        }
    }
}
