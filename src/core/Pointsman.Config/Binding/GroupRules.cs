using System.Collections.Immutable;
using Pointsman.Config.Grammar;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>What must hold for <c>vrrp_sync_group</c>: its instances exist, and are in no other group.</summary>
internal static class GroupRules
{
    public static ImmutableArray<SyncGroupConfig> Complete(Draft draft, bool hasGaps, DiagnosticSink sink)
    {
        Completion.NoticeSecondNames(draft.SyncGroups, sink);
        var instances = draft.Instances.Select(instance => instance.Value.Name).ToHashSet();
        var groupOf = new Dictionary<string, (string Group, SourceSpan Place)>();
        var groups = ImmutableArray.CreateBuilder<SyncGroupConfig>();
        foreach (Bound<SyncGroupDraft> bound in draft.SyncGroups)
        {
            SyncGroupConfig group = bound.Value.Config;
            foreach (Word member in bound.Value.Members)
            {
                if (!instances.Contains(member.Text))
                {
                    ReportUnknown(member, draft, hasGaps, sink);
                }
                else if (!groupOf.TryAdd(member.Text, (group.Name, member.Span)))
                {
                    ReportSecond(member, groupOf[member.Text], sink);
                }
            }

            NoticeSmall(bound, sink);
            groups.Add(group with { Members = [.. bound.Value.Members.Select(member => member.Text)] });
        }

        return groups.ToImmutable();
    }

    private static void ReportUnknown(Word member, Draft draft, bool hasGaps, DiagnosticSink sink)
    {
        if (hasGaps)
        {
            return;
        }

        string? near = sink.IsFull
            ? null
            : EditDistance.Nearest(member.Text, draft.Instances.Select(instance => instance.Value.Name));
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnknownInstance, member.Span, member.Text) with
        {
            Label = near is null ? null : $"did you mean `{near}`?",
        });
    }

    private static void ReportSecond(Word member, (string Group, SourceSpan Place) first, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.InstanceInTwoGroups, member.Span, member.Text, first.Group) with
        {
            Label = "an instance can follow one group only",
            Related = new RelatedPlace(first.Place, "first named here"),
        });

    private static void NoticeSmall(Bound<SyncGroupDraft> bound, DiagnosticSink sink)
    {
        bool hasStrayNames = bound.Owner.Body!.Statements.Any(line => SyncGroupGrammar.Block.Find(line.Keyword.Text) is null);
        if (bound.Value.Members.Length < 2 && !hasStrayNames)
        {
            sink.Report(
                DiagnosticCatalogue.GroupTooSmall, bound.Owner.HeaderSpan, InstanceRules.Header(bound.Owner));
        }
    }
}
