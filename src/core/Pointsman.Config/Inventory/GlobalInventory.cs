using System.Collections.Immutable;
using static Pointsman.Config.Inventory.Reasons;

namespace Pointsman.Config.Inventory;

/// <summary>The rest of <c>global_defs</c>: scripts, VRRP, LVS.</summary>
internal static class GlobalInventory
{
    public static ImmutableArray<KnownKeyword> Rows { get; } = new BlockInventory("global_defs")
        .NoEffect("set_supplementary_groups", "", "off", "scripts get all groups of their user", "scripts run with the one group that is named")
        .NoEffect("use_symlink_paths", "on or off", "off", "scripts see the path as it is typed", OnAlways)
        .Refused("startup_script", "COMMAND [USER [GROUP]]", "", "runs before anything else", "let the unit run it: `ExecStartPre=`")
        .Refused("shutdown_script", "COMMAND [USER [GROUP]]", "", "runs after everything else", "let the unit run it: `ExecStopPost=`")
        .NoEffect("startup_script_timeout", "1..1000 s", "10", "patience with `startup_script`", "no such script runs")
        .NoEffect("shutdown_script_timeout", "1..1000 s", "10", "patience with `shutdown_script`", "no such script runs")
        .NoEffect("vrrp_rx_bufs_policy", "MTU, ADVERT, or bytes", "the system's", "how receive buffers are sized", BuffersGrow)
        .NoEffect("vrrp_rx_bufs_multiplier", "number", "3", "how receive buffers are sized", BuffersGrow)
        .NoEffect("log_unknown_vrids", "", "off", "adverts of other virtual routers in the log", OneLog)
        .NoEffect("dynamic_interfaces", "[allow_if_changes]", "off", "interfaces may come later", "an interface may always come later: its instance is in fault until then")
        .NoEffect("disable_local_igmp", "", "off", "no IGMP for the multicast group", "the group is joined as ever")
        .NoEffect("vrrp_iptables", "[INPUT [OUTPUT]]", "off", "chains for addresses that must not answer", OwnTable)
        .NoEffect("vrrp_ipsets", "[NAMES] or off", "on", "ipsets in those chains", OwnTable)
        .NoEffect("nftables_ifindex", "", "off", "interfaces by number in its rules", "interfaces are known by name, which is the same after one has come again")
        .NoEffect("lvs_flush", "", "off", "empty the table at start", "what an earlier run left is taken over or removed by itself")
        .Refused("lvs_flush_on_stop", "[VS]", "off", "empty the table at stop", "what the table holds after a stop is not for the configuration to say")
        .Refused("lvs_flush_onstop", "[VS]", "off", "an old name of lvs_flush_on_stop", "what the table holds after a stop is not for the configuration to say")
        .Refused("nftables_ipvs", "[TABLE]", "off", "virtual_server_group by firewall marks", OneAddressEach)
        .NoEffect("nftables_ipvs_priority", "number", "-1", "the priority of its chains", NoFirewall)
        .NoEffect("nftables_ipvs_start_fwmark", "number", "1000", "its first firewall mark", NoFirewall)
        .Rows;
}
