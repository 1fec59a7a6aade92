using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>What <c>vrrp_instance</c> and <c>vrrp_sync_group</c> say alike of who is told of their changes.</summary>
internal static class NotifyGrammar
{
    private static readonly Argument Script = Argument.Texts(NotifyLine.Form);

    /// <param name="change">Puts what a row has changed into the block's model.</param>
    public static ImmutableArray<Keyword<T>> Rows<T>(Func<T, Func<NotifyConfig, NotifyConfig>, T> change)
    {
        return
        [
            Row("notify", "runs on every change of state, with `INSTANCE|GROUP NAME STATE PRIORITY` as last arguments",
                (notify, script) => notify with { Any = script }),
            Row("notify_master", "runs on becoming master", (notify, script) => notify with { Master = script }),
            Row("notify_backup", "runs on becoming backup", (notify, script) => notify with { Backup = script }),
            Row("notify_fault", "runs on a fault", (notify, script) => notify with { Fault = script }),
            Row("notify_stop", "runs on stop", (notify, script) => notify with { Stop = script }),
            Row("notify_deleted", "runs when a reload drops it",
                (notify, script) => notify with { Deleted = script }),
            new("notify_priority_changes", Argument.Boolean, "a line in the FIFO when the priority changes", (block, setting) =>
                change(block, notify => notify with { PriorityChanges = setting.Value.IsOn }))
            { Default = "vrrp_notify_priority_changes" },
            new("smtp_alert", Argument.Boolean, "mail on every change of state", (block, setting) =>
                change(block, notify => notify with { SmtpAlert = setting.Value.IsOn }))
            { Default = "smtp_alert_vrrp of global_defs; else off" },
        ];

        Keyword<T> Row(string name, string meaning, Func<NotifyConfig, NotifyScriptConfig?, NotifyConfig> take) => new(
            name, Script, meaning, (block, setting) => change(block, notify => take(notify, NotifyLine.Read(setting))))
        {
            Default = "nothing runs",
        };
    }
}
