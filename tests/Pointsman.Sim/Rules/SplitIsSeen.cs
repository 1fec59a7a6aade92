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
    // Two questions, five seconds apart, and a second for the first.
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(12);

    private readonly Instant?[] _since = new Instant?[cluster.Site.NodeCount];

    public override void AfterEvent()
    {
        bool isSound = Cluster.Segments[0].CarriesAllButAdverts && Array.TrueForAll(Cluster.Nodes, node => node.Links[0].HasCarrier);
        int masters = Cluster.Nodes.Count(Answers);
        foreach (SimNode node in Cluster.Nodes)
        {
            bool isBlind = isSound && masters > 1 && Answers(node) && node.Role.Router!.Instances[0].Rival is null;
            _since[node.Index] = isBlind ? _since[node.Index] ?? Now : null;
            if (Now - _since[node.Index] > LongEnough)
            {
                Break($"{masters} masters, and {node.Name} has seen no other for {LongEnough.TotalSeconds} s");
            }
        }
    }

    private bool Answers(SimNode node) => IsAwake(node) && StateOf(node, 0) == VrrpState.Master && node.HoldsAddresses(0)
        && node.DataPath.MayAnswerArp(Now);
}
