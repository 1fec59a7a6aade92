using System.Collections;
using System.Reflection;
using Pointsman.Health;
using Pointsman.Sim.Rules;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Calms;

/// <summary>What a state is not made of: things that never change, and numbers that only count what has been.</summary>
internal static class Unimportant
{
    // Each with the reason why nothing that happens next depends on how far it has got.
    private static readonly HashSet<(string Type, string Field)> s_leftOut =
    [
        // Shown to operators; the one rule that looks at them (SilenceEnds) compares with its own last look.
        (nameof(VrrpInstance), "<Counters>k__BackingField"),
        (nameof(SilenceEnds), "_heard"),

        // Shown to operators.
        (nameof(OverdueChecks), "<Finished>k__BackingField"),

        // The IP identification of the next packet: nobody reads it.
        ("OwnAdvert", "_identification"),
        (nameof(Stranger), "_overheard"),
        (nameof(RoleEffects), "_packet"),

        // Names of attempts: an outcome is compared with the one that runs.
        (nameof(CheckMachine), "_attempt"),
        (nameof(ProbeId), "<Attempt>k__BackingField"),

        (nameof(Stranger), "<PacketsSent>k__BackingField"),

        // How much was leapt so far.
        (nameof(EventQueue), "<Leapt>k__BackingField"),
    ];

    public static bool IsLeftOut(FieldInfo field) =>
        s_leftOut.Contains((field.DeclaringType!.Name, field.Name)) || field.FieldType == typeof(SimLog);

    public static bool IsCollection(Type type) =>
        type.IsArray || (type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) ?? false);

    /// <summary>Settings, and what is read once.</summary>
    public static bool NeverChanges(Type type) =>
        type.Namespace?.StartsWith("Pointsman.Config", StringComparison.Ordinal) is true
        || type == typeof(VrrpRouterSettings) || type == typeof(VrrpInstanceSettings) || type == typeof(SiteSettings)
        || type == typeof(NodeFile) || typeof(IComparer).IsAssignableFrom(type) || type.Namespace == "System.Text.RegularExpressions";
}
