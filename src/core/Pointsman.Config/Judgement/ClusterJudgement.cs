using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/* Every node is held against the first one that defines the same thing, so that one slip on one node is one remark however
   many nodes there are. Only what depends on all nodes together (who is master, who takes over) looks at them together. */

/// <summary>What is remarked between the nodes of one cluster.</summary>
internal static class ClusterJudgement
{
    public static void Judge(List<JudgedNode> nodes, DiagnosticSink sink)
    {
        var related = new List<JudgedNode>();
        foreach (JudgedNode node in nodes)
        {
            if (related.Count > 0 && !related.Any(other => HaveSomethingInCommon(other, node)))
            {
                sink.Report(JudgementCatalogue.NothingShared, FileStart(node), related[0].File, node.File);
                continue;
            }

            related.Add(node);
        }

        if (related.Count < 2)
        {
            return;
        }

        JudgeInstances(related, sink);
        JudgeServices(related, sink);
        NoticeSharedNames(related, sink);
        NoticeDirectors(related, sink);
    }

    private static bool HaveSomethingInCommon(JudgedNode one, JudgedNode other) =>
        one.Configuration.Instances.Any(instance => one.CounterpartOn(other, instance) is not null)
        || one.Configuration.VirtualServers.SelectMany(server => server.Targets).Any(target => other.Servers.ContainsKey(target.Address));

    private static void JudgeInstances(List<JudgedNode> nodes, DiagnosticSink sink)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (VrrpInstanceConfig instance in nodes[i].Configuration.Instances)
            {
                // An earlier node has told about it already.
                if (nodes[..i].Any(earlier => nodes[i].CounterpartOn(earlier, instance) is not null))
                {
                    continue;
                }

                var members = new List<RouterMember> { new(nodes[i], instance) };
                foreach (JudgedNode other in nodes.Where(other => other != nodes[i]))
                {
                    if (nodes[i].CounterpartOn(other, instance) is { } counterpart)
                    {
                        members.Add(new RouterMember(other, counterpart));
                    }
                    else
                    {
                        NoticeMissing(instance, other, sink);
                    }
                }

                RouterJudgement.Judge(members, sink);
                FailoverJudgement.Judge(members, sink);
            }
        }

        GroupJudgement.Judge(nodes, sink);
    }

    private static void NoticeMissing(VrrpInstanceConfig instance, JudgedNode other, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(JudgementCatalogue.InstanceMissing, instance.Source, instance.Name, other.File) with
        {
            Label = "that node cannot take its addresses over",
        });

    private static void JudgeServices(List<JudgedNode> nodes, DiagnosticSink sink)
    {
        var first = new Dictionary<TransportEndpoint, JudgedNode>();
        foreach (JudgedNode node in nodes)
        {
            foreach (VirtualServerConfig server in node.Configuration.VirtualServers)
            {
                JudgeService(node, server, nodes, first, sink);
            }
        }
    }

    // The addresses of a group have one set of servers: they are compared once, and one that is missing is told once.
    private static void JudgeService(
        JudgedNode node, VirtualServerConfig server, List<JudgedNode> nodes, Dictionary<TransportEndpoint, JudgedNode> first, DiagnosticSink sink)
    {
        var compared = new HashSet<VirtualServerConfig>(ReferenceEqualityComparer.Instance);
        var told = new HashSet<JudgedNode>();
        foreach (TransportEndpoint address in server.Targets.Select(target => target.Address))
        {
            if (first.TryGetValue(address, out JudgedNode? before))
            {
                if (compared.Add(before.Servers[address]))
                {
                    ServiceJudgement.Compare(before, before.Servers[address], node, server, sink);
                }
            }
            else
            {
                first.Add(address, node);
                NoticeMissing(server, address, nodes.Where(other => !other.Servers.ContainsKey(address) && told.Add(other)), sink);
            }
        }
    }

    private static void NoticeMissing(
        VirtualServerConfig server, TransportEndpoint address, IEnumerable<JudgedNode> others, DiagnosticSink sink)
    {
        foreach (JudgedNode other in others)
        {
            sink.Add(DiagnosticSink.Make(
                JudgementCatalogue.ServiceMissing, server.Source, Wording.Endpoint(address), other.File) with
            {
                Label = "while that node is master, its clients find nobody",
            });
        }
    }

    private static void NoticeSharedNames(List<JudgedNode> nodes, DiagnosticSink sink)
    {
        var first = new Dictionary<string, JudgedNode>();
        foreach (JudgedNode node in nodes)
        {
            if (node.Configuration.Global.RouterId is { } name && !first.TryAdd(name, node))
            {
                sink.Add(DiagnosticSink.Make(JudgementCatalogue.RouterNameShared, RouterName(node), name) with
                {
                    Related = new RelatedPlace(RouterName(first[name]), "the same here"),
                });
            }
        }
    }

    // A node's own file tells of its own address; here the other nodes' addresses count.
    private static void NoticeDirectors(List<JudgedNode> nodes, DiagnosticSink sink)
    {
        var told = new HashSet<IpAddress>();
        foreach (JudgedNode node in nodes)
        {
            var own = ServerJudgement.Directors(node.Configuration);
            foreach ((IpAddress address, VrrpInstanceConfig instance) in nodes
                .SelectMany(other => ServerJudgement.Directors(other.Configuration)))
            {
                RealServerConfig? real = node.Configuration.VirtualServers
                    .SelectMany(server => server.RealServers)
                    .FirstOrDefault(candidate => candidate.Address.Address == address);
                if (real is not null && !own.ContainsKey(address) && told.Add(address))
                {
                    ServerJudgement.TellDirector(real, instance, sink);
                }
            }
        }
    }

    private static SourceSpan RouterName(JudgedNode node) => node.Places.Find(default, "router_id") ?? FileStart(node);

    // It stands for the node.
    private static SourceSpan FileStart(JudgedNode node) => new(node.File, 1, 1, 1);
}
