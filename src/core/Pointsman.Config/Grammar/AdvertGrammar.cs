using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>The rows about adverts, of <c>global_defs</c> and <c>vrrp_instance</c>.</summary>
internal static class AdvertGrammar
{
    private static readonly BlockGrammar<ImmutableArray<UnicastPeerConfig>> Peers =
        new("unicast_peer", PeerLine.Form, PeerLine.Take);

    private static readonly Argument Version = Argument.Choice(["2", "3"]);

    private static readonly Argument DownAdverts = Argument.Number(1, 100);

    public static ImmutableArray<Keyword<GlobalDefinitions>> GlobalRows { get; } =
    [
        Global("vrrp_version", Version, "the version of the protocol", (adverts, setting) =>
            adverts with { Version = (byte)(setting.Value.Text == "3" ? 3 : 2) }, "2; over IPv6, 3"),

        Global("vrrp_skip_check_adv_addr", Argument.Boolean, "compare the addresses of a new master only", (adverts, setting) =>
            adverts with { SkipAddressCheck = setting.Value.IsOn }, "off"),

        Global("vrrp_check_unicast_src", Argument.Boolean, "drop unicast adverts of strangers", (adverts, setting) =>
            adverts with { CheckUnicastSource = setting.Value.IsOn }, "off"),

        Global("vrrp_mcast_group4", Argument.Multicast, "where IPv4 adverts go", (adverts, setting) =>
            adverts with { MulticastGroup4 = setting.Value.Address }, "224.0.0.18"),

        Global("vrrp_mcast_group6", Argument.Multicast, "where IPv6 adverts go", (adverts, setting) =>
            adverts with { MulticastGroup6 = setting.Value.Address }, "ff02::12"),

        Global("v3_checksum_as_v2", Argument.Boolean, "version 3 over IPv4: the checksum of RFC 9568, without a pseudo header", (adverts, setting) =>
            adverts with { ChecksumAsVersion2 = setting.Value.IsOn }, "off"),

        Global("vrrp_down_timer_adverts", DownAdverts, "adverts that must be missing", (adverts, setting) =>
            adverts with { DownTimerAdverts = setting.Whole }, "3"),
    ];

    public static ImmutableArray<Keyword<VrrpInstanceConfig>> InstanceRows { get; } =
    [
        Instance("version", Version, "the version of the protocol", (adverts, setting) =>
            adverts with { Version = (byte)(setting.Value.Text == "3" ? 3 : 2) }, "vrrp_version"),

        Instance("unicast_src_ip", Argument.Address, "the source of adverts", (adverts, setting) =>
            adverts with { UnicastSource = setting.Value.Address }, "the interface's first address"),

        Instance("unicast_peer", Argument.Nothing, "adverts go to each of these", (adverts, setting) =>
            adverts with { UnicastPeers = setting.Bind(Peers, adverts.UnicastPeers).Value }, "multicast") with
        {
            Opens = Peers, IsRepeatable = true,
        },

        Instance("unicast_fault_no_peer", Argument.Nothing, "an empty unicast_peer is a fault", (adverts, _) =>
            adverts with { UnicastFaultNoPeer = true }, "off"),

        Instance("unicast_ttl", Argument.Number(0, 255), "TTL of adverts to peers", (adverts, setting) =>
            adverts with { UnicastTtl = (byte)setting.Whole }, "255"),

        Instance("check_unicast_src", Argument.Boolean, "drop unicast adverts of strangers", (adverts, setting) =>
            adverts with { CheckUnicastSource = setting.Value.IsOn }, "vrrp_check_unicast_src"),

        Instance("mcast_dst_ip", Argument.Multicast, "where adverts go", (adverts, setting) =>
            adverts with { MulticastDestination = setting.Value.Address }, "vrrp_mcast_group4, vrrp_mcast_group6"),

        Instance("track_src_ip", Argument.Nothing, "losing the source of adverts is a fault", (adverts, _) =>
            adverts with { TrackSource = true }, "off"),

        Instance("skip_check_adv_addr", Argument.Boolean, "compare the addresses of a new master only", (adverts, setting) =>
            adverts with { SkipAddressCheck = setting.Value.IsOn }, "vrrp_skip_check_adv_addr"),

        Instance("v3_checksum_as_v2", Argument.Boolean, "version 3 over IPv4: the checksum of RFC 9568, without a pseudo header", (adverts, setting) =>
            adverts with { ChecksumAsVersion2 = setting.Value.IsOn }, "the global one"),

        Instance("down_timer_adverts", DownAdverts, "adverts that must be missing", (adverts, setting) =>
            adverts with { DownTimerAdverts = setting.Whole }, "vrrp_down_timer_adverts"),
    ];

    private static Keyword<GlobalDefinitions> Global(
        string name, Argument argument, string meaning, Func<AdvertDefaults, Setting, AdvertDefaults> change, string otherwise) =>
        new(name, argument, meaning, (global, setting) => global with { Adverts = change(global.Adverts, setting) })
        {
            Default = otherwise,
        };

    private static Keyword<VrrpInstanceConfig> Instance(
        string name, Argument argument, string meaning, Func<AdvertConfig, Setting, AdvertConfig> change, string otherwise) =>
        new(name, argument, meaning, (instance, setting) => instance with { Adverts = change(instance.Adverts, setting) })
        {
            Default = otherwise,
        };
}
