using Pointsman.Base;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>
/// A master does not stay beside another one without seeing it: where adverts are lost and the segment carries all else, a
/// few questions by ARP tell.
/// </summary>
internal sealed class SplitIsSeen(Cluster cluster) : Rule(cluster)
{
    // Two questions, five seconds apart, and a second for the first. Who has two addresses asks for them in turn.
    private static readonly TimeSpan s_longEnough = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan s_forTwo = TimeSpan.FromSeconds(22);

    private readonly Instant?[] _since = new Instant?[cluster.Site.NodeCount];

    public override void AfterEvent()
    {
        if (!IsPossible())
        {
            Array.Clear(_since);
            return;
        }

        foreach (SimNode node in Cluster.Nodes)
        {
            bool isBlind = Answers(node) && node.Role.MachineOf(0)!.Rival is null;
            _since[node.Index] = isBlind ? _since[node.Index] ?? Now : null;
            TimeSpan longEnough = node.RunningFile.HasExtraAddress ? s_forTwo : s_longEnough;
            if (Now - _since[node.Index] > longEnough)
            {
                Break($"two masters, and {node.Name} has seen no other for {longEnough.TotalSeconds} s");
            }
        }
    }

    private bool IsPossible()
    {
        int masters = 0;
        foreach (SimNode node in Cluster.Nodes)
        {
            masters += Answers(node) ? 1 : 0;
        }

        return masters > 1 && Cluster.Segments[0].CarriesAllButAdverts
            && Array.TrueForAll(Cluster.Nodes, static node => node.Links[0].HasCarrier);
    }

    private bool Answers(SimNode node) => IsAwake(node) && StateOf(node, 0) == VrrpState.Master && node.HoldsAddresses(0)
        && node.DataPath.MayAnswerArp(Now);
}
