namespace Pointsman.Config.Model;

/// <summary>Who is told when an instance or a sync group changes its state.</summary>
public sealed record NotifyConfig
{
    public NotifyScriptConfig? Master { get; init; }

    public NotifyScriptConfig? Backup { get; init; }

    public NotifyScriptConfig? Fault { get; init; }

    public NotifyScriptConfig? Stop { get; init; }

    /// <summary>A reload has dropped it.</summary>
    public NotifyScriptConfig? Deleted { get; init; }

    /// <summary>A master hears a lower one; instances only.</summary>
    public NotifyScriptConfig? LowerPriorityHeard { get; init; }

    /// <summary><c>notify</c>: every change, with what changed as arguments.</summary>
    public NotifyScriptConfig? Any { get; init; }

    /// <summary>Null: <c>vrrp_notify_priority_changes</c>.</summary>
    public bool? PriorityChanges { get; init; }

    /// <summary>Null: <c>smtp_alert_vrrp</c>, then <c>smtp_alert</c> of <c>global_defs</c>.</summary>
    public bool? SmtpAlert { get; init; }

    /// <summary>All scripts that are named.</summary>
    public IEnumerable<NotifyScriptConfig> Scripts =>
        new[] { Master, Backup, Fault, Stop, Deleted, LowerPriorityHeard, Any }.OfType<NotifyScriptConfig>();
}
