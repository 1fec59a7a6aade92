using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Config.Effective;

/// <summary>What stays on the node, and routes and rules wherever they stand.</summary>
internal static class StaticView
{
    public static IEnumerable<EffectiveBlock> Of(StaticConfig statics, SettingPlaces places)
    {
        foreach (TrackGroupConfig group in statics.TrackGroups)
        {
            yield return new BlockView("track_group", group.Source, places)
                .Named(group.Name)
                .Entries("group", "instance", group.Members, member => member)
                .Done();
        }

        if (!statics.Addresses.IsEmpty)
        {
            yield return List("static_ipaddress", view => view.Entries(
                "static_ipaddress", "address", statics.Addresses, address => address.Prefix.ToString(), AddressView.Options));
        }

        if (!statics.Routes.IsEmpty)
        {
            yield return List("static_routes", view => view.Lines("static_routes", "route", statics.Routes.Select(Line)));
        }

        if (!statics.Rules.IsEmpty)
        {
            yield return List("static_rules", view => view.Lines("static_rules", "rule", statics.Rules.Select(Line)));
        }
    }

    public static EffectiveBlock Of(GarpGroupConfig group, SettingPlaces places) => new BlockView("garp_group", group.Source, places)
        .Seconds("garp_interval", group.GarpInterval, "vrrp_garp_interval")
        .Seconds("gna_interval", group.GnaInterval, "vrrp_gna_interval")
        .Entries("interfaces", "interface", group.Interfaces, name => name)
        .Done();

    public static ImmutableArray<string> Words(GarpExtraConfig? extra) => extra is null ? []
        : extra.All ? ["all", Typed.Seconds(extra.Interval)] : [Typed.Seconds(extra.Interval)];

    public static string Line(RouteConfig route) => WithTrack(route.Route.ToString(), route.NoTrack, route.TrackGroup);

    public static string Line(RuleConfig rule) => WithTrack(rule.Rule.ToString(), rule.NoTrack, rule.TrackGroup);

    private static string WithTrack(string line, bool noTrack, string? group) =>
        line + (noTrack ? " no_track" : "") + (group is null ? "" : $" track_group {group}");

    private static EffectiveBlock List(string keyword, Func<BlockView, BlockView> fill) =>
        fill(new BlockView(keyword, default, SettingPlaces.None)).Done() with { IsRepeatable = false };
}
