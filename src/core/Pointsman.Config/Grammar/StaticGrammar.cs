using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>What stays on the node: static addresses, routes and rules, and who is at fault without them.</summary>
internal static class StaticGrammar
{
    private static readonly BlockGrammar<ImmutableArray<VirtualAddressConfig>> Addresses =
        new("static_ipaddress", AddressLine.Form, AddressLine.Take);

    private static readonly BlockGrammar<ImmutableArray<RouteConfig>> Routes = new("static_routes", RouteLine.Form, RouteLine.Take);

    private static readonly BlockGrammar<ImmutableArray<RuleConfig>> Rules = new("static_rules", RuleLine.Form, RuleLine.Take);

    private static readonly BlockGrammar<ImmutableArray<string>> Members =
        new("group", "INSTANCE", (members, line, _) => members.AddRange(line.Words.Select(word => word.Text)));

    public static BlockGrammar<TrackGroupConfig> TrackGroup { get; } = new("track_group",
    [
        new("group", Argument.Nothing, "the instances", (group, setting) =>
            group with { Members = setting.Bind(Members, group.Members).Value })
        { Opens = Members, IsRequired = true },
    ]);

    public static ImmutableArray<Keyword<Draft>> Rows { get; } =
    [
        new("track_group", Argument.Text("a name"), "instances that are at fault without a static address, route or rule", (draft, setting) =>
        {
            var group = new TrackGroupConfig(setting.Value.Text, [], setting.Statement.HeaderSpan);
            return With(draft, all => all with
            {
                TrackGroups = all.TrackGroups.Add(setting.Bind(TrackGroup, group).Value),
            });
        })
        { Opens = TrackGroup, IsRepeatable = true },

        new("static_ipaddress", Argument.Nothing, "addresses that stay, whoever is master", (draft, setting) =>
            With(draft, all => all with { Addresses = setting.Bind(Addresses, all.Addresses).Value }))
        { Opens = Addresses, IsRepeatable = true },

        new("static_routes", Argument.Nothing, "routes that stay", (draft, setting) =>
            With(draft, all => all with { Routes = setting.Bind(Routes, all.Routes).Value }))
        { Opens = Routes, IsRepeatable = true },

        new("static_rules", Argument.Nothing, "rules of routing that stay", (draft, setting) =>
            With(draft, all => all with { Rules = setting.Bind(Rules, all.Rules).Value }))
        { Opens = Rules, IsRepeatable = true },
    ];

    private static Draft With(Draft draft, Func<StaticConfig, StaticConfig> change)
    {
        draft.Static = change(draft.Static);
        return draft;
    }
}
