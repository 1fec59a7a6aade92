using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>Where a node may leave a lower master in peace, and where the setting that says so has no effect.</summary>
internal static class PreemptionRules
{
    public static VrrpInstanceConfig Complete(Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, DiagnosticSink sink)
    {
        if (instance.Nopreempt && instance.StartsAsMaster)
        {
            Notice(bound, "nopreempt", State(bound), sink);
            instance = instance with { Nopreempt = false };
        }

        // RFC 3768 §6.1, RFC 9568 §6.1: the owner of the addresses takes them whatever this setting says.
        if (instance is { Nopreempt: true, Priority: InstanceRules.OwnerPriority })
        {
            Notice(bound, "nopreempt", new Cause("priority", "priority 255", "the owner always takes its addresses", "type a priority from 1 to 254 to use it"), sink);
            instance = instance with { Nopreempt = false };
        }

        if (instance.PreemptDelay > TimeSpan.Zero && (instance.StartsAsMaster || instance.Nopreempt))
        {
            Cause cause = instance.StartsAsMaster
                ? State(bound)
                : new Cause("nopreempt", "nopreempt", "a living master is left in peace for good", "remove one of the two");
            Notice(bound, "preempt_delay", cause, sink);
            instance = instance with { PreemptDelay = TimeSpan.Zero };
        }

        return instance;
    }

    private static Cause State(Bound<VrrpInstanceConfig> bound) => bound.Has("state")
        ? new Cause("state", "state MASTER", "the node insists on being master", "type `state BACKUP` on all nodes to use it")
        : new Cause("priority", "priority 255", "the owner always takes its addresses", "type a priority from 1 to 254 to use it");

    private static void Notice(Bound<VrrpInstanceConfig> bound, string setting, Cause cause, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.PreemptionWithoutEffect, bound.PlaceOf(setting), setting, cause.Words) with
        {
            Hint = cause.Hint,
            Related = new RelatedPlace(bound.PlaceOf(cause.Setting), cause.Label),
        });

    /// <summary>The setting that makes the other one idle.</summary>
    private sealed record Cause(string Setting, string Words, string Label, string Hint);
}
