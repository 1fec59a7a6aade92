using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>What is remarked on virtual servers and their real servers, timing apart.</summary>
internal static class ServerJudgement
{
    public static void Judge(Configuration configuration, DiagnosticSink sink)
    {
        var directors = Directors(configuration);
        var told = new HashSet<IpAddress>();
        JudgeSources(configuration, sink);
        foreach (VirtualServerConfig server in configuration.VirtualServers)
        {
            JudgeWeights(server, sink);
            foreach (RealServerConfig real in server.RealServers)
            {
                if (server.Targets.Any(target => target.Address.Address == real.Address.Address))
                {
                    sink.Add(DiagnosticSink.Make(
                        JudgementCatalogue.ServerIsVirtual, real.Source, Wording.Endpoint(real.Address)) with
                    {
                        Label = "the owner of the address would send its clients to itself",
                    });
                }
                else if (directors.TryGetValue(real.Address.Address, out VrrpInstanceConfig? instance) && told.Add(real.Address.Address))
                {
                    TellDirector(real, instance, sink);
                }
            }
        }
    }

    // As keepalived does, a /128 is added deprecated, which no connection of this node's own begins from; any other prefix is not,
    // and covers the real servers. What they answer to their own address never comes back.
    private static void JudgeSources(Configuration configuration, DiagnosticSink sink)
    {
        foreach (VirtualAddressConfig held in configuration.Instances.SelectMany(instance => instance.HeldAddresses))
        {
            IpAddress address = held.Prefix.Address;
            VirtualServerConfig? asked = configuration.VirtualServers.FirstOrDefault(server => server.RealServers.Any(
                real => !real.Address.Address.IsV4 && held.Prefix.Contains(real.Address.Address)));
            if (!address.IsV4 && held.Prefix.Length < 128 && held.PreferredLifetimeSeconds != 0 && asked is not null)
            {
                sink.Add(DiagnosticSink.Make(JudgementCatalogue.VipIsSource, held.Source, held.Prefix) with
                {
                    Label = "checks of the real servers in this network would come from it, and real servers have it themselves",
                    Related = new RelatedPlace(asked.Source, "has such servers"),
                });
            }
        }
    }

    /// <summary>The addresses the nodes of this configuration are known to have themselves.</summary>
    public static Dictionary<IpAddress, VrrpInstanceConfig> Directors(Configuration configuration)
    {
        var directors = new Dictionary<IpAddress, VrrpInstanceConfig>();
        foreach (VrrpInstanceConfig instance in configuration.Instances)
        {
            AdvertConfig adverts = instance.Adverts;
            IEnumerable<IpAddress?> known = [adverts.UnicastSource ?? instance.McastSrcIp, .. adverts.UnicastPeers.Select(peer => peer.Address)];
            foreach (IpAddress address in known.OfType<IpAddress>())
            {
                directors.TryAdd(address, instance);
            }
        }

        return directors;
    }

    public static void TellDirector(RealServerConfig real, VrrpInstanceConfig instance, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(JudgementCatalogue.ServerIsDirector, real.Source, real.Address.Address) with
        {
            Related = new RelatedPlace(instance.Source, "sends its adverts from or to this address"),
        });

    private static void JudgeWeights(VirtualServerConfig server, DiagnosticSink sink)
    {
        if (server.RealServers.All(real => real.Weight == 0))
        {
            sink.Report(JudgementCatalogue.AllWeightsZero, server.Source, Wording.Endpoint(server.Address));
            return;
        }

        foreach (RealServerConfig real in server.RealServers.Where(real => real.Weight == 0))
        {
            sink.Report(JudgementCatalogue.WeightZero, real.Source, Wording.Endpoint(real.Address));
        }
    }
}
