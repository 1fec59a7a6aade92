using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Grammar;

/// <summary><c>vrrp_instance</c>.</summary>
internal static class InstanceGrammar
{
    public static BlockGrammar<AuthenticationDraft> Authentication { get; } = new("authentication",
    [
        new("auth_type", Argument.Choice(["PASS", "AH"]), "how adverts prove themselves", (authentication, setting) =>
            authentication with { HasType = true, UsesHeader = setting.Value.Text == "AH" })
        { Default = "no authentication" },

        new("auth_pass", Argument.Text("a password of up to eight characters"), "sent in clear with every advert; with AH, the key of its seal",
            AuthenticationDraft.TakePassword)
        { Default = "no authentication" },
    ]);

    private static readonly BlockGrammar<ImmutableArray<VirtualAddressConfig>> Addresses =
        new("virtual_ipaddress", AddressLine.Form, AddressLine.Take);

    private static readonly BlockGrammar<ImmutableArray<VirtualAddressConfig>> ExcludedAddresses =
        new("virtual_ipaddress_excluded", AddressLine.Form, AddressLine.Take);

    private static readonly BlockGrammar<ImmutableArray<RouteConfig>> Routes = new("virtual_routes", RouteLine.Form, RouteLine.Take);

    private static readonly BlockGrammar<ImmutableArray<RuleConfig>> Rules = new("virtual_rules", RuleLine.Form, RuleLine.Take);

    public static BlockGrammar<VrrpInstanceConfig> Block { get; } = new("vrrp_instance",
    [
        new("state", Argument.Choice(["MASTER", "BACKUP"]), "the initial wish; the election decides",
            (instance, setting) => instance with { StartsAsMaster = setting.Value.Text == "MASTER" })
        { Default = "BACKUP; MASTER with priority 255" },

        new("interface", Argument.Interface, "where adverts are sent and addresses are held", (instance, setting) =>
            instance with { Interface = setting.Value.Text })
        { IsRequired = true },

        new("virtual_router_id", Argument.Number(1, 255), "the same on all nodes of this virtual router",
            (instance, setting) => instance with { VirtualRouterId = (byte)setting.Whole })
        { IsRequired = true },

        new("priority", Argument.Number(1, 255), "the highest becomes master", (instance, setting) =>
            instance with { Priority = (byte)setting.Whole })
        { Default = "100; 255 with state MASTER" },

        new("advert_int", Argument.Seconds(0.01m, 255), "from one advert to the next", (instance, setting) =>
            instance with { AdvertInterval = TimeSpan.FromSeconds((double)setting.Value.Number) })
        { Default = "1" },

        new("authentication", Argument.Nothing, "the password of adverts", TakeAuthentication)
        { Opens = Authentication },

        new("virtual_ipaddress", Argument.Nothing, "the addresses that move", (instance, setting) =>
            instance with { VirtualAddresses = setting.Bind(Addresses, instance.VirtualAddresses).Value })
        { Opens = Addresses, IsRepeatable = true },

        new("virtual_ipaddress_excluded", Argument.Nothing, "addresses that move and are not in the advert", (instance, setting) =>
            instance with { ExcludedAddresses = setting.Bind(ExcludedAddresses, instance.ExcludedAddresses).Value })
        { Opens = ExcludedAddresses, IsRepeatable = true },

        new("virtual_routes", Argument.Nothing, "routes that move with the addresses", (instance, setting) =>
            instance with { Routes = setting.Bind(Routes, instance.Routes).Value })
        { Opens = Routes, IsRepeatable = true },

        new("virtual_rules", Argument.Nothing, "rules of routing that move with the addresses", (instance, setting) =>
            instance with { Rules = setting.Bind(Rules, instance.Rules).Value })
        { Opens = Rules, IsRepeatable = true },

        .. TrackGrammar.Rows<VrrpInstanceConfig>(Track),

        new("nopreempt", Argument.Nothing, "do not take over from a living master", (instance, _) =>
            instance with { Nopreempt = true }),

        new("preempt", Argument.Nothing, "take over from a master of lower priority", (instance, _) =>
            instance with { Nopreempt = false })
        { Default = "on" },

        .. AdvertGrammar.InstanceRows,

        .. VmacGrammar.InstanceRows,

        .. AcceptGrammar.InstanceRows,

        new("preempt_delay", Argument.Seconds(0, 1000), "how long a living master of lower priority is left in peace",
            (instance, setting) => instance with { PreemptDelay = setting.Value.Time })
        { Default = "0" },

        new("dont_track_primary", Argument.Nothing, "the link of `interface` does not count", (instance, _) =>
            instance with { DontTrackPrimary = true }),

        new("linkbeat_use_polling", Argument.Nothing, "ask the driver of `interface` once a second whether its link carries", (instance, _) =>
            instance with { PollsLink = true }),

        new("promote_secondaries", Argument.Nothing, "keep other addresses of a network when the first one goes", (instance, _) =>
            instance with { PromoteSecondaries = true }),

        .. GarpGrammar.InstanceRows,

        new(Directive.Prefix + "split_brain", Argument.Choice(["announce", "yield", "hold"]),
            "when another machine answers for the addresses and no advert explains it: `announce` as keepalived does, `yield` to it, or `hold` what one has",
            (instance, setting) => instance with { SplitBrain = SplitBrainPolicies.Of(setting.Value.Text) })
        { Default = "announce" },

        new("mcast_src_ip", Argument.Address, "the source of adverts", (instance, setting) =>
            instance with { McastSrcIp = setting.Value.Address })
        { Default = "the interface's first address" },

        .. NotifyGrammar.Rows<VrrpInstanceConfig>((instance, change) => instance with { Notify = change(instance.Notify) }),

        new("notify_master_rx_lower_pri", Argument.Texts(NotifyLine.Form), "runs when a master hears a lower priority",
            (instance, setting) => instance with
            {
                Notify = instance.Notify with { LowerPriorityHeard = NotifyLine.Read(setting) },
            })
        { Default = "nothing runs" },
    ])
    {
        Blank = () => new VrrpInstanceConfig("", default),
    };

    private static VrrpInstanceConfig Track(VrrpInstanceConfig instance, Func<TrackedConfig, TrackedConfig> change)
    {
        TrackedConfig tracked = change(new TrackedConfig
        {
            Scripts = instance.TrackScripts,
            Interfaces = instance.TrackInterfaces,
            Files = instance.TrackFiles,
            Processes = instance.TrackProcesses,
            Bfds = instance.TrackBfds,
        });
        return instance with
        {
            TrackScripts = tracked.Scripts,
            TrackInterfaces = tracked.Interfaces,
            TrackFiles = tracked.Files,
            TrackProcesses = tracked.Processes,
            TrackBfds = tracked.Bfds,
        };
    }

    private static VrrpInstanceConfig TakeAuthentication(VrrpInstanceConfig instance, Setting setting)
    {
        AuthenticationDraft read = AuthenticationDraft.Read(setting);
        return instance with
        {
            AuthPass = read.Password,
            Adverts = instance.Adverts with { UsesAuthenticationHeader = read.UsesHeader && read.Password is not null },
        };
    }
}
