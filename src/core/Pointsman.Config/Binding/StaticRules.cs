using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What holds of routes and rules, static ones and those that move, together.</summary>
internal static class StaticRules
{
    // keepalived: the first without a preference takes this one, each further one a lower, so that it comes first.
    private const uint HighestAssumed = 16384;

    /// <summary>Gives a preference to each rule that has none.</summary>
    public static ImmutableArray<RuleConfig> Complete(ImmutableArray<RuleConfig> rules, ref uint assumed, DiagnosticSink sink)
    {
        var complete = ImmutableArray.CreateBuilder<RuleConfig>(rules.Length);
        foreach (RuleConfig rule in rules)
        {
            if (rule.HasPreference)
            {
                complete.Add(rule);
                continue;
            }

            uint preference = HighestAssumed - assumed++;
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.RuleWithoutPreference, rule.Source, preference) with
            {
                Hint = "type `preference N`: rules are asked by it, from the lowest number on",
            });
            complete.Add(rule with { Rule = rule.Rule with { Preference = preference }, HasPreference = true });
        }

        return complete.DrainToImmutable();
    }

    public static void CheckGroups(Draft draft, bool hasGaps, DiagnosticSink sink)
    {
        HashSet<string> groups = [.. draft.Static.TrackGroups.Select(group => group.Name)];
        IEnumerable<(string? Group, SourceSpan Source)> uses = draft.Static.Addresses.Select(address => (address.TrackGroup, address.Source))
            .Concat(draft.Static.Routes.Select(route => (route.TrackGroup, route.Source)))
            .Concat(draft.Static.Rules.Select(rule => (rule.TrackGroup, rule.Source)));
        foreach ((string? group, SourceSpan source) in uses.Where(use => use.Group is not null && !groups.Contains(use.Group!) && !hasGaps))
        {
            sink.Report(DiagnosticCatalogue.UnknownTracked, source, "track_group", group!);
        }

        HashSet<string> instances = [.. draft.Instances.Select(instance => instance.Value.Name)];
        foreach (TrackGroupConfig group in draft.Static.TrackGroups)
        {
            foreach (string member in group.Members.Where(member => !instances.Contains(member) && !hasGaps))
            {
                sink.Report(DiagnosticCatalogue.UnknownInstance, group.Source, member);
            }
        }

        // keepalived: what moves is watched by the instance it moves with.
        foreach (VrrpInstanceConfig instance in draft.Instances.Select(instance => instance.Value))
        {
            IEnumerable<SourceSpan> moving = instance.HeldAddresses.Where(address => address.TrackGroup is not null).Select(address => address.Source)
                .Concat(instance.Routes.Where(route => route.TrackGroup is not null).Select(route => route.Source))
                .Concat(instance.Rules.Where(rule => rule.TrackGroup is not null).Select(rule => rule.Source));
            foreach (SourceSpan source in moving)
            {
                sink.Report(DiagnosticCatalogue.Obsolete, source, "track_group", "its instance watches what moves with it");
            }
        }
    }
}
