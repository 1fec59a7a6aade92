using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>How often addresses are announced, in <c>global_defs</c> and in an instance.</summary>
internal static class GarpGrammar
{
    private static readonly Argument Wait = Argument.Seconds(0, Limits.SecondsMost);
    private static readonly Argument Extra = Argument.Texts("seconds from 1 to 86400, behind `all` if it is for all interfaces");
    private static readonly Argument Count = Argument.Number(0, 1000);

    private static readonly BlockGrammar<ImmutableArray<string>> Interfaces =
        new("interfaces", "INTERFACE", (names, line, sink) => InterfaceName.Check(line.Keyword, sink) ? names.Add(line.Keyword.Text) : names);

    /// <summary><c>garp_group</c>.</summary>
    public static BlockGrammar<GarpGroupConfig> Group { get; } = new("garp_group",
    [
        new("garp_interval", Wait, "from one announcement on these interfaces to the next", (group, setting) =>
            group with { GarpInterval = setting.Value.Time })
        { Default = "vrrp_garp_interval" },
        new("gna_interval", Wait, "the same for IPv6", (group, setting) =>
            group with { GnaInterval = setting.Value.Time })
        { Default = "vrrp_gna_interval" },
        new("interface", Argument.Interface, "the one interface", (group, setting) =>
            group with { Interfaces = group.Interfaces.Add(setting.Value.Text) })
        { Default = "none", IsRepeatable = true },
        new("interfaces", Argument.Nothing, "interfaces that wait for each other", (group, setting) =>
            group with { Interfaces = setting.Bind(Interfaces, group.Interfaces).Value })
        { Opens = Interfaces, IsRepeatable = true },
    ]);

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
        Global("vrrp_garp_interval", Wait, "from one announcement on an interface to the next", "0",
            (garp, setting) => garp with { GarpInterval = setting.Value.Time }),
        Global("vrrp_gna_interval", Wait, "the same for IPv6", "0",
            (garp, setting) => garp with { GnaInterval = setting.Value.Time }),
        Global("vrrp_garp_extra_if", Extra, "announce again and again where no advert leaves: on interfaces with a virtual MAC, or on all", "off",
            (garp, setting) => garp with { Extra = ExtraOf(setting) ?? garp.Extra }),
        Global("vrrp_vmac_garp_intvl", Extra, "announce again and again where no advert leaves", "off",
            (garp, setting) => garp with { Extra = ExtraOf(setting) ?? garp.Extra }) with { OldNameOf = "vrrp_garp_extra_if" },
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
        new("garp_extra_if", Extra, "announce again and again where no advert leaves: on interfaces with a virtual MAC, or on all",
            (instance, setting) => instance with { GarpExtra = ExtraOf(setting) ?? instance.GarpExtra })
        { Default = "vrrp_garp_extra_if" },
        new("vmac_garp_intvl", Extra, "announce again and again where no advert leaves",
            (instance, setting) => instance with { GarpExtra = ExtraOf(setting) ?? instance.GarpExtra })
        { OldNameOf = "garp_extra_if" },
        new("lower_prio_no_advert", Argument.Boolean, "a master keeps silent about adverts of lower priority",
            (instance, setting) => instance with { LowerPrioNoAdvert = setting.Value.IsOn })
        { Default = "off" },
        new("higher_prio_send_advert", Argument.Boolean, "one more advert when giving way",
            (instance, setting) => instance with { HigherPrioSendAdvert = setting.Value.IsOn })
        { Default = "off" },
    ];

    // [all] SECONDS
    private static GarpExtraConfig? ExtraOf(Setting setting)
    {
        const int DaySeconds = 86400;
        Syntax.Word last = setting.Statement.Words[^1];
        bool isAll = setting.Value.Texts[0] == "all";
        bool isForm = setting.Value.Texts.Length == (isAll ? 2 : 1);
        if (!isForm || !int.TryParse(last.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds is < 1 or > DaySeconds)
        {
            ArgumentReader.ReportWrong(last, Extra.Description, setting.Sink);
            return null;
        }

        return new GarpExtraConfig(TimeSpan.FromSeconds(seconds), isAll);
    }

    private static Keyword<GlobalDefinitions> Global(
        string name, Argument argument, string meaning, string otherwise, Func<GarpDefaults, Setting, GarpDefaults> change) =>
        new(name, argument, meaning, (global, setting) => global with { Garp = change(global.Garp, setting) })
        {
            Default = otherwise,
        };
}
