using Pointsman.Base;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>
/// Two masters that can hear each other do not stay two: one has yielded within one advert interval, both in everyday
/// life and from the moment a cut is healed. Processes that are frozen do not count: they do nothing; from the moment they
/// go on, they do.
/// </summary>
internal sealed class OneMasterOnASoundSegment(Cluster cluster) : Rule(cluster)
{
    // Delay of the network and wake-up of the processes, there and back.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(10);

    private readonly Instant?[] _twoSince = new Instant?[cluster.Site.InstanceCount];

    public override void AfterEvent()
    {
        for (int i = 0; i < Site.InstanceCount; i++)
        {
            int masters = 0;
            foreach (SimNode node in Cluster.Nodes)
            {
                masters += IsAwake(node) && StateOf(node, i) == VrrpState.Master ? 1 : 0;
            }

            _twoSince[i] = masters < 2 ? null : _twoSince[i] ?? Now;
            if (_twoSince[i] is { } since)
            {
                Instant soundSince = Cluster.Segments[SiteSettings.SegmentOf(i)].SoundSince;
                TimeSpan lasted = Now - (since > soundSince ? since : soundSince);
                if (lasted > Site.AdvertInterval + Grace)
                {
                    Break($"{masters} masters of VI_{i + 1} hear each other for {lasted.TotalSeconds:0.000} s");
                }
            }
        }
    }
}
