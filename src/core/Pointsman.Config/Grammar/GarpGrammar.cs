using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>How often addresses are announced, in <c>global_defs</c> and in an instance.</summary>
internal static class GarpGrammar
{
    private static readonly Argument Wait = Argument.Seconds(0, Limits.SecondsMost);
    private static readonly Argument Count = Argument.Number(0, 1000);

    public static ImmutableArray<Keyword<GlobalDefinitions>> GlobalRows { get; } =
    [
        Global("vrrp_garp_master_delay", Wait, "wait before the second batch of ARP", "5",
            (garp, setting) => garp with { MasterDelay = setting.Value.Time }),
        Global("vrrp_garp_master_repeat", Count, "announcements of each address in a batch", "5",
            (garp, setting) => garp with { MasterRepeat = Math.Max(1, setting.Whole) }),
        Global("vrrp_garp_master_refresh", Wait, "from one announcement of a master to the next; 0 for none", "0",
            (garp, setting) => garp with { MasterRefresh = setting.Value.Time }),
        Global("vrrp_garp_master_refresh_repeat", Count, "announcements each time", "1",
            (garp, setting) => garp with { MasterRefreshRepeat = Math.Max(1, setting.Whole) }),
        Global("vrrp_garp_lower_prio_delay", Wait, "wait before the second batch after an advert of lower priority",
            "garp_master_delay", (garp, setting) => garp with { LowerPrioDelay = setting.Value.Time }),
        Global("vrrp_garp_lower_prio_repeat", Count, "announcements after an advert of lower priority; 0 for none",
            "garp_master_repeat", (garp, setting) => garp with { LowerPrioRepeat = setting.Whole }),
        Global("vrrp_min_garp", Argument.Boolean, "one announcement, no second batch", "off",
            (garp, setting) => garp with { MinGarp = setting.Value.IsOn }),
        Global("vrrp_lower_prio_no_advert", Argument.Boolean, "a master keeps silent about adverts of lower priority", "off",
            (garp, setting) => garp with { LowerPrioNoAdvert = setting.Value.IsOn }),
        Global("vrrp_higher_prio_send_advert", Argument.Boolean, "one more advert when giving way", "off",
            (garp, setting) => garp with { HigherPrioSendAdvert = setting.Value.IsOn }),
    ];

    public static ImmutableArray<Keyword<VrrpInstanceConfig>> InstanceRows { get; } =
    [
        new("garp_master_delay", Wait, "wait before the second batch of ARP",
            (instance, setting) => instance with { GarpMasterDelay = setting.Value.Time })
        { Default = "5" },
        new("garp_master_repeat", Count, "announcements of each address in a batch",
            (instance, setting) => instance with { GarpMasterRepeat = Math.Max(1, setting.Whole) })
        { Default = "5" },
        new("garp_master_refresh", Wait, "from one announcement of a master to the next; 0 for none",
            (instance, setting) => instance with { GarpMasterRefresh = setting.Value.Time })
        { Default = "0" },
        new("garp_master_refresh_repeat", Count, "announcements each time",
            (instance, setting) => instance with { GarpMasterRefreshRepeat = Math.Max(1, setting.Whole) })
        { Default = "1" },
        new("garp_lower_prio_delay", Wait, "wait before the second batch after an advert of lower priority",
            (instance, setting) => instance with { GarpLowerPrioDelay = setting.Value.Time })
        { Default = "garp_master_delay" },
        new("garp_lower_prio_repeat", Count, "announcements after an advert of lower priority; 0 for none",
            (instance, setting) => instance with { GarpLowerPrioRepeat = setting.Whole })
        { Default = "garp_master_repeat" },
        new("lower_prio_no_advert", Argument.Boolean, "a master keeps silent about adverts of lower priority",
            (instance, setting) => instance with { LowerPrioNoAdvert = setting.Value.IsOn })
        { Default = "off" },
        new("higher_prio_send_advert", Argument.Boolean, "one more advert when giving way",
            (instance, setting) => instance with { HigherPrioSendAdvert = setting.Value.IsOn })
        { Default = "off" },
    ];

    private static Keyword<GlobalDefinitions> Global(
        string name, Argument argument, string meaning, string otherwise, Func<GarpDefaults, Binding.Setting, GarpDefaults> change) =>
        new(name, argument, meaning, (global, setting) => global with { Garp = change(global.Garp, setting) })
        {
            Default = otherwise,
        };
}
