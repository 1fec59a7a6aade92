using Pointsman.Base;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>
/// A master that has not spoken for three intervals - it was frozen, or starved - may have a successor: its next advert as
/// master comes only after it has yielded and stood for election again. Nor does it turn the clients to itself meanwhile.
/// </summary>
internal sealed class YieldsBeforeItSpeaks(Cluster cluster) : Rule(cluster)
{
    private readonly long[,] _elections = new long[cluster.Nodes.Length, cluster.Site.InstanceCount];
    private readonly Instant[,] _spokeAt = new Instant[cluster.Nodes.Length, cluster.Site.InstanceCount];
    private readonly VrrpRouter?[] _routers = new VrrpRouter?[cluster.Nodes.Length];

    public override void OnAnnounced(SimNode node, VrrpInstance instance)
    {
        TimeSpan silence = Now - node.SpokeAt[SiteSettings.NumberOf(instance)];
        if (silence >= 3 * Site.AdvertInterval)
        {
            Break($"{node.Name} announces the addresses of VI_{SiteSettings.NumberOf(instance) + 1} after {silence.TotalSeconds:0.000} s of silence");
        }
    }

    public override void OnAdvertSent(SimNode node, VrrpInstance instance, byte priority)
    {
        if (_routers[node.Index] != node.Role.Router)
        {
            _routers[node.Index] = node.Role.Router;
            for (int i = 0; i < Site.InstanceCount; i++)
            {
                _elections[node.Index, i] = 0;
            }
        }

        long election = instance.Counters.BecameMaster;
        TimeSpan silence = Now - _spokeAt[node.Index, SiteSettings.NumberOf(instance)];
        if (_elections[node.Index, SiteSettings.NumberOf(instance)] == election && silence >= 3 * Site.AdvertInterval)
        {
            Break($"{node.Name} speaks as master of VI_{SiteSettings.NumberOf(instance) + 1} after {silence.TotalSeconds:0.000} s of silence");
        }

        _elections[node.Index, SiteSettings.NumberOf(instance)] = election;
        _spokeAt[node.Index, SiteSettings.NumberOf(instance)] = Now;
    }
}
