using Pointsman.Base;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>
/// A lease ends before anybody can take the silence of its holder for its death: three advert intervals after its last
/// advert, or when its farewell is over. So a dead or frozen node claims nothing when its successor stands up, in any
/// weather.
/// </summary>
internal sealed class LeaseEndsWithTheWord(Cluster cluster) : Rule(cluster)
{
    // From the advert to the lease is a few instructions.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan[] _farewells =
        [.. Enumerable.Range(0, cluster.Site.InstanceCount).Select(i => VrrpTimers.Farewell(cluster.Site.PaceOf(i)))];

    private readonly TimeSpan _lease = 3 * cluster.Site.AdvertInterval;
    private readonly bool[,] _saidFarewell = new bool[cluster.Nodes.Length, cluster.Site.InstanceCount];

    public override void OnAdvertSent(SimNode node, VrrpInstance instance, byte priority) =>
        _saidFarewell[node.Index, SiteSettings.NumberOf(instance)] = priority == 0;

    public override void AfterEvent()
    {
        foreach (SimNode node in Cluster.Nodes)
        {
            for (int i = 0; i < Site.InstanceCount; i++)
            {
                if (node.LeaseEnd(i) is not { } leaseEnd || leaseEnd <= Now)
                {
                    continue;
                }

                TimeSpan allowed = _saidFarewell[node.Index, i] ? _farewells[i] : _lease;
                if (leaseEnd > node.SpokeAt[i] + allowed + Grace)
                {
                    TimeSpan outlives = leaseEnd - node.SpokeAt[i];
                    Break($"the lease of VI_{i + 1} on {node.Name} ends {outlives.TotalSeconds:0.000} s after its last advert");
                }
            }
        }
    }
}
