using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What must hold for <c>vrrp_script</c>: it has a command, and whoever tracks it and it know each other.</summary>
internal static class ScriptRules
{
    public static void Check(Draft draft, bool hasGaps, DiagnosticSink sink)
    {
        Completion.NoticeSecondNames(draft.Scripts, sink);
        Completion.NoticeSecondNames(draft.Instances, sink);
        var known = draft.Scripts.Select(script => script.Value.Name).ToHashSet();
        var tracked = new HashSet<string>();
        bool hasUnknown = false;
        foreach (TrackedScriptConfig track in draft.Instances
            .SelectMany(instance => instance.Value.TrackScripts)
            .Concat(draft.SyncGroups.SelectMany(group => group.Value.Config.Tracked.Scripts)))
        {
            tracked.Add(track.Name);
            if (!hasGaps && !known.Contains(track.Name))
            {
                hasUnknown = true;
                ReportUnknown(track, draft, sink);
            }
        }

        foreach (Bound<VrrpScriptConfig> script in draft.Scripts)
        {
            CheckScript(script, tracked.Contains(script.Value.Name) || hasGaps || hasUnknown, sink);
            if (script.Value.User is null && draft.Global.ScriptUser is null && !hasGaps)
            {
                NoticeRoot(script, sink);
            }
        }
    }

    private static void ReportUnknown(TrackedScriptConfig track, Draft draft, DiagnosticSink sink)
    {
        string? near = sink.IsFull
            ? null
            : EditDistance.Nearest(track.Name, draft.Scripts.Select(script => script.Value.Name));
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnknownScript, track.Source, track.Name) with
        {
            Label = near is null ? null : $"did you mean `{near}`?",
        });
    }

    private static void NoticeRoot(Bound<VrrpScriptConfig> script, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(
            DiagnosticCatalogue.ScriptRunsAsRoot, script.Owner.HeaderSpan, script.Value.Name) with
        {
            Label = "neither `user` here nor `script_user` in `global_defs` says otherwise",
            Hint = "add `user NAME` to the script; `user root` if it must be root",
        });

    private static void CheckScript(Bound<VrrpScriptConfig> script, bool isTracked, DiagnosticSink sink)
    {
        SourceSpan place = script.Owner.HeaderSpan;
        if (!script.Has("script"))
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.MissingSetting, place, InstanceRules.Header(script.Owner), "script") with
            {
                Hint = "add `script \"/path/of/the/program\"`",
            });
        }

        if (!isTracked)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.ScriptNotTracked, place, script.Value.Name) with
            {
                Hint = $"add `track_script {{ {script.Value.Name} }}` to a `vrrp_instance`, or remove the script",
            });
        }
    }
}
