using Pointsman.Base;
using Pointsman.Sim.World;

namespace Pointsman.Sim.Rules;

/// <summary>
/// The right to balance and to answer ARP is never held by two living nodes of a segment that has been sound for a
/// master-down time - but for the moment in which one tells the other. What a dead or frozen node may still hold is the
/// matter of <see cref="LeaseEndsWithTheWord"/>.
/// </summary>
internal sealed class LeaseIsHeldOnce(Cluster cluster) : Rule(cluster)
{
    // Delay of the network and wake-up of the processes, there and back.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(10);

    private readonly Instant?[] _twoSince = new Instant?[cluster.Site.InstanceCount];

    public override void AfterEvent()
    {
        for (int i = 0; i < Site.InstanceCount; i++)
        {
            int holders = 0;
            foreach (SimNode node in Cluster.Nodes)
            {
                holders += IsAwake(node) && node.HoldsLease(i) ? 1 : 0;
            }

            _twoSince[i] = holders < 2 ? null : _twoSince[i] ?? Now;
            if (_twoSince[i] is { } since)
            {
                Instant sound = Cluster.Segments[SiteSettings.SegmentOf(i)].SoundSince + Site.LongestMasterDown;
                TimeSpan lasted = Now - (since > sound ? since : sound);
                if (lasted > Grace)
                {
                    Break($"{holders} nodes hold the lease of VI_{i + 1} for {lasted.TotalSeconds:0.000} s");
                }
            }
        }
    }
}
