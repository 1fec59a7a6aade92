using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>Whether the nodes keep the same instances together.</summary>
internal static class GroupJudgement
{
    public static void Judge(List<JudgedNode> nodes, DiagnosticSink sink)
    {
        JudgedNode first = nodes[0];
        foreach (JudgedNode node in nodes.Skip(1))
        {
            NoticeOtherMembers(first, node, sink);
            NoticeOtherMembers(node, first, sink, isSecondLook: true);
        }
    }

    // Groups are the same by what they hold; their names are a node's own affair.
    private static void NoticeOtherMembers(JudgedNode node, JudgedNode other, DiagnosticSink sink, bool isSecondLook = false)
    {
        foreach (SyncGroupConfig group in node.Configuration.SyncGroups)
        {
            SyncGroupConfig? same = other.Configuration.SyncGroups.FirstOrDefault(candidate => HoldsSame(candidate, group));
            SyncGroupConfig? namesake = other.Configuration.SyncGroups.FirstOrDefault(candidate => candidate.Name == group.Name);
            if (same is not null || (isSecondLook && namesake is not null))
            {
                continue;
            }

            sink.Add(DiagnosticSink.Make(JudgementCatalogue.GroupsDiffer, group.Source, group.Name, other.File) with
            {
                Label = Members(group),
                Related = namesake is null ? null : new RelatedPlace(namesake.Source, Members(namesake)),
            });
        }
    }

    private static bool HoldsSame(SyncGroupConfig one, SyncGroupConfig other) => one.Members.Order().SequenceEqual(other.Members.Order());

    private static string Members(SyncGroupConfig group) => string.Join(", ", group.Members);
}
