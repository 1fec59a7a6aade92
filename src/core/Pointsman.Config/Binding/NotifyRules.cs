using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What must hold for scripts and pipes that are told of changes.</summary>
internal static class NotifyRules
{
    public static void Check(Draft draft, bool hasGaps, DiagnosticSink sink)
    {
        CheckPipe("notify_fifo", draft.Global.NotifyFifo, hasGaps, sink);
        CheckPipe("vrrp_notify_fifo", draft.Global.VrrpNotifyFifo, hasGaps, sink);
        CheckPipe("lvs_notify_fifo", draft.Global.LvsNotifyFifo, hasGaps, sink);
        if (draft.Global.ScriptUser is not null || hasGaps)
        {
            return;
        }

        // Once a file: a site names the same script in each of its instances.
        NotifyScriptConfig? first = draft.Instances.Select(instance => instance.Value.Notify)
            .Concat(draft.SyncGroups.Select(group => group.Value.Config.Notify))
            .SelectMany(notify => notify.Scripts)
            .FirstOrDefault(script => script.User is null);
        if (first is not null)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.NotifyScriptsRunAsRoot, first.Source, first.Command[0]) with
            {
                Label = "neither a user behind the command nor `script_user` in `global_defs` says otherwise",
                Hint = "add `script_user NAME` to `global_defs`; `script_user root` if it must be root",
            });
        }
    }

    private static void CheckPipe(string name, NotifyFifoConfig? fifo, bool hasGaps, DiagnosticSink sink)
    {
        if (fifo is { Path: "", Script: { } script } && !hasGaps)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.MissingSetting, script.Source, "global_defs", name) with
            {
                Hint = $"add `{name} PATH`: without a pipe its reader has nothing to read",
            });
        }
    }
}
