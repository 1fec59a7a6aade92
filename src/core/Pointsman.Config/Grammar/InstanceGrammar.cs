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
        new("auth_type", Argument.Choice(["PASS"], ["AH"]), "how adverts prove themselves", (authentication, _) =>
            authentication with { HasType = true })
        { Default = "no authentication" },

        new("auth_pass", Argument.Text("a password of up to eight characters"), "sent in clear with every advert",
            AuthenticationDraft.TakePassword)
        { Default = "no authentication" },
    ]);

    private static readonly BlockGrammar<ImmutableArray<VirtualAddressConfig>> Addresses =
        new("virtual_ipaddress", AddressLine.Form, AddressLine.Take);

    private static readonly BlockGrammar<ImmutableArray<TrackedScriptConfig>> Scripts =
        new("track_script", "SCRIPT [weight N]", TrackLine.TakeScript);

    private static readonly BlockGrammar<ImmutableArray<TrackedInterfaceConfig>> Interfaces =
        new("track_interface", "INTERFACE [weight N]", TrackLine.TakeInterface);

    public static BlockGrammar<VrrpInstanceConfig> Block { get; } = new("vrrp_instance",
    [
        new("state", Argument.Choice(["MASTER", "BACKUP"], []), "the initial wish; the election decides",
            (instance, setting) => instance with { StartsAsMaster = setting.Value.Text == "MASTER" })
        { Default = "BACKUP" },

        new("interface", Argument.Interface, "where adverts are sent and addresses are held", (instance, setting) =>
            instance with { Interface = setting.Value.Text })
        { IsRequired = true },

        new("virtual_router_id", Argument.Number(1, 255), "the same on all nodes of this virtual router",
            (instance, setting) => instance with { VirtualRouterId = (byte)setting.Whole })
        { IsRequired = true },

        new("priority", Argument.Number(1, 255), "the highest becomes master", (instance, setting) =>
            instance with { Priority = (byte)setting.Whole })
        { Default = "100; 255 with state MASTER" },

        new("advert_int", Argument.Seconds(0.01m, 255), "from one advert to the next", InstanceRules.TakeAdvertInterval)
        { Default = "1" },

        new("authentication", Argument.Nothing, "the password of adverts", (instance, setting) =>
            instance with { AuthPass = AuthenticationDraft.Read(setting) })
        { Opens = Authentication },

        new("virtual_ipaddress", Argument.Nothing, "the addresses that move", (instance, setting) =>
            instance with { VirtualAddresses = setting.Bind(Addresses, instance.VirtualAddresses).Value })
        { Opens = Addresses, IsRepeatable = true },

        new("track_script", Argument.Nothing, "scripts that bear on the priority", (instance, setting) =>
            instance with { TrackScripts = setting.Bind(Scripts, instance.TrackScripts).Value })
        { Opens = Scripts, IsRepeatable = true },

        new("track_interface", Argument.Nothing, "interfaces whose link is needed", (instance, setting) =>
            instance with { TrackInterfaces = setting.Bind(Interfaces, instance.TrackInterfaces).Value })
        { Opens = Interfaces, IsRepeatable = true },

        new("nopreempt", Argument.Nothing, "do not take over from a living master", (instance, _) =>
            instance with { Nopreempt = true }),

        new("preempt", Argument.Nothing, "take over from a master of lower priority", (instance, _) =>
            instance with { Nopreempt = false })
        { Default = "on" },

        new("version", Argument.Choice(["2"], ["3"]), "the version of the protocol", (instance, _) => instance)
        { Default = "2" },

        new("garp_master_delay", Argument.Seconds(0, Limits.SecondsMost), "wait before the second batch of ARP",
            (instance, setting) => instance with { GarpMasterDelay = setting.Value.Time })
        { Default = "5" },

        new("garp_master_repeat", Argument.Number(0, 1000), "announcements of each address in a batch",
            (instance, setting) => instance with { GarpMasterRepeat = Math.Max(1, setting.Whole) })
        { Default = "5" },

        new(Directive.Prefix + "split_brain", Argument.Choice(["announce", "yield", "hold"], []),
            "when another machine answers for the addresses and no advert explains it: `announce` as keepalived does, `yield` to it, or `hold` what one has",
            (instance, setting) => instance with { SplitBrain = SplitBrainPolicies.Of(setting.Value.Text) })
        { Default = "announce" },

        new("mcast_src_ip", Argument.Address, "the source of adverts", (instance, setting) =>
            instance with { McastSrcIp = setting.Value.Address })
        { Default = "the interface's first address", NoEffectBecause = "adverts leave from the interface's first address" },

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
}
