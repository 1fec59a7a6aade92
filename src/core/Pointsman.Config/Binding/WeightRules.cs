using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>Where the weight of a tracker cannot move a priority: for an owner, and for a member of a group.</summary>
internal static class WeightRules
{
    public static void Check(Draft draft, DiagnosticSink sink)
    {
        var groupOf = new Dictionary<string, string>();
        foreach (SyncGroupDraft group in draft.SyncGroups.Select(bound => bound.Value))
        {
            foreach (string member in group.Config.TrackingWeight ? [] : group.Members.Select(word => word.Text))
            {
                groupOf[member] = group.Config.Name;
            }
        }

        var scriptWeights = new Dictionary<string, int>();
        foreach (VrrpScriptConfig script in draft.Scripts.Select(bound => bound.Value))
        {
            scriptWeights[script.Name] = script.Weight;
        }

        foreach (VrrpInstanceConfig instance in draft.Instances.Select(bound => bound.Value))
        {
            string? reason = groupOf.TryGetValue(instance.Name, out string? group)
                ? $"members of `vrrp_sync_group {group}` keep their priorities"
                : instance.Priority == InstanceRules.OwnerPriority ? "priority 255 never changes" : null;
            if (reason is not null)
            {
                NoticeWeights(instance, scriptWeights, reason, sink);
            }
        }
    }

    private static void NoticeWeights(
        VrrpInstanceConfig instance, Dictionary<string, int> scriptWeights, string reason, DiagnosticSink sink)
    {
        foreach (TrackedScriptConfig track in instance.TrackScripts)
        {
            Notice(track.Name, track.Weight ?? scriptWeights.GetValueOrDefault(track.Name), track.Source);
        }

        foreach (TrackedInterfaceConfig track in instance.TrackInterfaces)
        {
            Notice(track.Name, track.Weight, track.Source);
        }

        void Notice(string name, int weight, SourceSpan place)
        {
            if (weight != 0)
            {
                sink.Report(DiagnosticCatalogue.WeightIgnored, place, name, reason);
            }
        }
    }
}
