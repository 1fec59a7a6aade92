using System.Collections.Frozen;

namespace Pointsman.Config.Grammar;

/// <summary>
/// For the keywords of keepalived that operators use most and this version does not know: what a node does without them,
/// or what to type instead.
/// </summary>
internal static class LaterKeywords
{
    private const string OtherChecker = "`TCP_CHECK` is the only checker so far";
    private const string NoStateScript = "no script runs on a change of state; the log has one line for each";
    private const string NoServerScript = "no script runs when a server falls or rises; the log has one line for each";
    private const string OneAddressEach = "write a `virtual_server ADDRESS PORT` for each address";
    private const string MulticastOnly = "adverts go to the multicast group 224.0.0.18 only";
    private const string ByTheSystem = "let the system's network configuration set it";
    private const string EmptyTable = "no other server stands in when all real servers are down";
    private const string LeavesTable = "a server that fails its check leaves the table";
    private const string NoLimit = "a real server takes any number of connections; a lower `weight` gives it fewer";
    private const string NoSync = "connections are not copied to the other director";

    private static readonly FrozenDictionary<string, string> Advices = new Dictionary<string, string>
    {
        ["notify"] = NoStateScript,
        ["notify_master"] = NoStateScript,
        ["notify_backup"] = NoStateScript,
        ["notify_fault"] = NoStateScript,
        ["notify_stop"] = NoStateScript,
        ["notify_fifo"] = NoStateScript,
        ["vrrp_notify_fifo"] = NoStateScript,
        ["notify_up"] = NoServerScript,
        ["notify_down"] = NoServerScript,
        ["quorum_up"] = NoServerScript,
        ["quorum_down"] = NoServerScript,
        ["lvs_notify_fifo"] = NoServerScript,
        ["quorum"] = "a virtual server serves as long as one real server lives",
        ["sorry_server"] = EmptyTable,
        ["sorry_server_inhibit"] = EmptyTable,
        ["inhibit_on_failure"] = LeavesTable,
        ["alpha"] = "a server counts as up until its first check fails",
        ["uthreshold"] = NoLimit,
        ["lthreshold"] = NoLimit,
        ["ha_suspend"] = "servers are checked on a standby as well",
        ["HTTP_GET"] = OtherChecker,
        ["SSL_GET"] = OtherChecker,
        ["SMTP_CHECK"] = OtherChecker,
        ["MISC_CHECK"] = OtherChecker,
        ["DNS_CHECK"] = OtherChecker,
        ["UDP_CHECK"] = OtherChecker,
        ["PING_CHECK"] = OtherChecker,
        ["FILE_CHECK"] = OtherChecker,
        ["BFD_CHECK"] = OtherChecker,
        ["virtual_server_group"] = OneAddressEach,
        ["lvs_sync_daemon"] = NoSync,
        ["lvs_sync_daemon_interface"] = NoSync,
        ["lvs_flush"] = "what an earlier run left is taken over or removed by itself",
        ["lvs_timeouts"] = "the timeouts of connections are IPVS's own: 900 s established, 120 s closing",
        ["vrrp_strict"] = "keepalived's strict mode forbids passwords and makes virtual addresses unreachable",
        ["strict_mode"] = "keepalived's strict mode forbids passwords and makes virtual addresses unreachable",
        ["unicast_peer"] = MulticastOnly,
        ["unicast_src_ip"] = MulticastOnly,
        ["mcast_dst_ip"] = MulticastOnly,
        ["vrrp_mcast_group4"] = MulticastOnly,
        ["preempt_delay"] = "a better node takes over as soon as it may; type `nopreempt` if it should not",
        ["dont_track_primary"] = "losing the link of `interface` is a fault",
        ["track_process"] = "watch the process by a `vrrp_script`, as with `script \"/usr/bin/pgrep -x nginx\"`",
        ["vrrp_track_process"] = "watch the process by a `vrrp_script`, as with `script \"/usr/bin/pgrep -x nginx\"`",
        ["track_file"] = "read the file by a `vrrp_script`",
        ["vrrp_track_file"] = "read the file by a `vrrp_script`",
        ["use_vmac"] = "adverts and addresses use the interface's own MAC address",
        ["virtual_ipaddress_excluded"] = "list the addresses in `virtual_ipaddress`, on all nodes alike",
        ["virtual_routes"] = ByTheSystem,
        ["virtual_rules"] = ByTheSystem,
        ["static_ipaddress"] = ByTheSystem,
        ["static_routes"] = ByTheSystem,
        ["static_rules"] = ByTheSystem,
        ["garp_master_refresh"] = "addresses are announced on becoming master only",
        ["vrrp_garp_master_refresh"] = "addresses are announced on becoming master only",
        ["vrrp_garp_master_delay"] = "type `garp_master_delay` in each `vrrp_instance`",
        ["vrrp_garp_master_repeat"] = "type `garp_master_repeat` in each `vrrp_instance`",
        ["init_fail"] = "a script says nothing until its first run has ended",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Named => Advices.Keys;

    public static string? AdviceFor(string keyword) => Advices.GetValueOrDefault(keyword);
}
