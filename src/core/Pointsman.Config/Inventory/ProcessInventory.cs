using System.Collections.Immutable;
using static Pointsman.Config.Inventory.Reasons;

namespace Pointsman.Config.Inventory;

/// <summary>The rest of <c>global_defs</c>: processes, and how they are watched and steered.</summary>
internal static class ProcessInventory
{
    public static ImmutableArray<KnownKeyword> Rows { get; } = WithRoles(new BlockInventory("global_defs"))
        .NoEffect("process_names", "", "off", "name each process after its work", OwnProcesses)
        .NoEffect("process_name", "name", "", "name of the first process", OwnProcesses)
        .NoEffect("lvs_process_name", "name", "", "an old name of checker_process_name", OwnProcesses)
        .NoEffect("max_auto_priority", "[-1..99]", "off", "raise the priority when timers come late", OwnProcesses)
        .NoEffect("min_auto_priority_delay", "1..10000000 us", "1000000", "how late is late", OwnProcesses)
        .NoEffect("vrrp_netlink_cmd_rcv_bufs", "bytes", "the kernel's", "receive buffer of a netlink socket", BuffersGrow)
        .NoEffect("vrrp_netlink_cmd_rcv_bufs_force", "on or off", "off", "beyond the system's limit", BuffersGrow)
        .NoEffect("vrrp_netlink_monitor_rcv_bufs", "bytes", "the kernel's", "receive buffer of a netlink socket", BuffersGrow)
        .NoEffect("vrrp_netlink_monitor_rcv_bufs_force", "on or off", "off", "beyond the system's limit", BuffersGrow)
        .NoEffect("lvs_netlink_cmd_rcv_bufs", "bytes", "the kernel's", "receive buffer of a netlink socket", BuffersGrow)
        .NoEffect("lvs_netlink_cmd_rcv_bufs_force", "on or off", "off", "beyond the system's limit", BuffersGrow)
        .NoEffect("lvs_netlink_monitor_rcv_bufs", "bytes", "the kernel's", "receive buffer of a netlink socket", BuffersGrow)
        .NoEffect("lvs_netlink_monitor_rcv_bufs_force", "on or off", "off", "beyond the system's limit", BuffersGrow)
        .NoEffect("process_monitor_rcv_bufs", "bytes", "the kernel's", "receive buffer of the process watch", BuffersGrow)
        .NoEffect("process_monitor_rcv_bufs_force", "on or off", "off", "beyond the system's limit", BuffersGrow)
        .NoEffect("enable_snmp_vrrp", "", "off", "SNMP for VRRP", NoSnmp)
        .NoEffect("enable_snmp_keepalived", "", "off", "an old name of enable_snmp_vrrp", NoSnmp)
        .NoEffect("enable_snmp_checker", "", "off", "SNMP for servers", NoSnmp)
        .NoEffect("enable_snmp_rfc", "", "off", "SNMP as the RFCs have it", NoSnmp)
        .NoEffect("enable_snmp_rfcv2", "", "off", "SNMP as RFC 2787 has it", NoSnmp)
        .NoEffect("enable_snmp_rfcv3", "", "off", "SNMP as RFC 6527 has it", NoSnmp)
        .NoEffect("enable_traps", "", "off", "SNMP traps", NoSnmp)
        .NoEffect("snmp_socket", "address", "unix:/var/agentx/master", "where the SNMP agent listens", NoSnmp)
        .NoEffect("snmp_vs_stats_update_interval", "0.001..30 s", "5", "how old figures of virtual servers may be", NoSnmp)
        .NoEffect("snmp_rs_stats_update_interval", "0.001..30 s", "5", "how old figures of real servers may be", NoSnmp)
        .NoEffect("enable_dbus", "", "off", "a D-Bus service", NoDbus)
        .NoEffect("dbus_service_name", "name", "org.keepalived.Vrrp1", "its name", NoDbus)
        .NoEffect("dbus_no_interface_name", "", "off", "its paths without interfaces", NoDbus)
        .NoEffect("reload_check_config", "[LOGFILE]", "off", "check before a reload", ReloadIsChecked)
        .Refused("reload_time_file", "path", "", "reload at the time a file says", "let cron send the reload")
        .Refused("reload_repeat", "", "off", "keep that file", "let cron send the reload")
        .NoEffect("reload_file", "[path]", "", "a file that is there while a reload goes on", ReloadIsChecked)
        .NoEffect("config_save_dir", "folder", "", "keep a copy of each configuration", "no copies are kept")
        .NoEffect("tmp_config_directory", "folder", "memory", "where the configuration is held while processes start", "it is held in memory")
        .NoEffect("data_use_instance", "on or off", "off", "the instance's name in names of dumps", StatusHasIt)
        .NoEffect("json_version", "1 or 2", "1", "the shape of the JSON dump", StatusHasIt)
        .NoEffect("state_dump_file", "path", "/tmp/keepalived.data", "where SIGUSR1 writes", StatusHasIt)
        .NoEffect("stats_dump_file", "path", "/tmp/keepalived.stats", "where SIGUSR2 writes", StatusHasIt)
        .NoEffect("json_dump_file", "path", "/tmp/keepalived.json", "where the JSON dump is written", StatusHasIt)
        .NoEffect("iproute_usr_dir", "folder", "the build's", "names of routing tables", BySystem)
        .NoEffect("iproute_etc_dir", "folder", "the build's", "names of routing tables", BySystem)
        .NoEffect("random_seed", "number", "the time", "the seed of `$_RANDOM`", "the numbers follow from the node's id (`--config-id`), so that a reload of an unchanged file changes nothing")
        .Rows;

    private static BlockInventory WithRoles(BlockInventory rows)
    {
        foreach (string role in (ReadOnlySpan<string>)["vrrp", "checker", "bfd"])
        {
            rows.NoEffect($"{role}_process_name", "name", "", $"name of the {role} process", OwnProcesses)
                .NoEffect($"{role}_priority", "-20..19", "0", $"nice value of the {role} process", OwnProcesses)
                .NoEffect($"{role}_no_swap", "", "off", $"keep the {role} process in memory", OwnProcesses)
                .NoEffect($"{role}_rt_priority", "1..99", "off", $"real-time priority of the {role} process", OwnProcesses)
                .NoEffect($"{role}_rlimit_rttime", "us", "10000", $"longest real-time run of the {role} process", OwnProcesses)
                .NoEffect($"{role}_rlimit_rtime", "us", "10000", $"an old name of {role}_rlimit_rttime", OwnProcesses)
                .NoEffect($"{role}_cpu_affinity", "numbers of CPUs", "all", $"where the {role} process runs", OwnProcesses);
        }

        return rows;
    }
}
