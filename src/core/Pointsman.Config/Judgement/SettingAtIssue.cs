using System.Collections.Frozen;

namespace Pointsman.Config.Judgement;

/// <summary>Moves a remark from the block it is about to the line of the setting it is about, where that was typed.</summary>
internal static class SettingAtIssue
{
    private static readonly FrozenDictionary<string, string> Settings = new Dictionary<string, string>
    {
        [JudgementCatalogue.TimeoutBeyondLoop.Code] = "connect_timeout",
        [JudgementCatalogue.WeightZero.Code] = "weight",
        [JudgementCatalogue.WeightUnderNopreempt.Code] = "nopreempt",
        [JudgementCatalogue.SlowTakeover.Code] = "advert_int",
        [JudgementCatalogue.RouterIdsDiffer.Code] = "virtual_router_id",
        [JudgementCatalogue.IntervalsDiffer.Code] = "advert_int",
        [JudgementCatalogue.VersionsDiffer.Code] = "version",
        [JudgementCatalogue.PasswordsDiffer.Code] = "authentication",
        [JudgementCatalogue.AddressesDiffer.Code] = "virtual_ipaddress",
        [JudgementCatalogue.SamePriority.Code] = "priority",
        [JudgementCatalogue.MasterTwice.Code] = "state",
        [JudgementCatalogue.WeightTooSmall.Code] = "priority",
        [JudgementCatalogue.GroupsDiffer.Code] = "group",
        [JudgementCatalogue.WeightsDiffer.Code] = "weight",
        [JudgementCatalogue.SourceShared.Code] = "mcast_src_ip",
        [JudgementCatalogue.InterfaceMissing.Code] = "interface",
        [JudgementCatalogue.ScriptNotRunnable.Code] = "script",
        [JudgementCatalogue.ScriptOpen.Code] = "script",
    }.ToFrozenDictionary();

    /// <param name="places">Those of all files that were judged; what is no block of theirs stays where it is.</param>
    public static Diagnostic Point(Diagnostic diagnostic, IReadOnlyCollection<SettingPlaces> places)
    {
        // The remark on several settings begins with the one it is about.
        string? setting = diagnostic.Descriptor == JudgementCatalogue.BalancingDiffers
            ? diagnostic.Message.Split('`')[1]
            : Settings.GetValueOrDefault(diagnostic.Descriptor.Code);
        return setting is null ? diagnostic : diagnostic with
        {
            Span = Point(diagnostic.Span, setting, places),
            Related = diagnostic.Related is { } related ? related with { Span = Point(related.Span, setting, places) } : null,
        };
    }

    private static SourceSpan Point(SourceSpan block, string setting, IReadOnlyCollection<SettingPlaces> places) =>
        places.Select(known => known.Find(block, setting)).FirstOrDefault(place => place is not null) ?? block;
}
