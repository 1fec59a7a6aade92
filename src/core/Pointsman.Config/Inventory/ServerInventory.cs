using System.Collections.Immutable;
using static Pointsman.Config.Inventory.Reasons;

namespace Pointsman.Config.Inventory;

/// <summary>The rest of <c>virtual_server</c> and <c>real_server</c>.</summary>
internal static class ServerInventory
{
    private const string InEachServer = "type it in each `real_server`";

    public static ImmutableArray<KnownKeyword> Rows { get; } =
    [
        .. Flags(new BlockInventory("virtual_server"))
            .Refused("persistence_engine", "sip", "", "know clients by a field of SIP", "clients are known by their address")
            .Refused("sorry_server", "ADDRESS [PORT]", "", "stands in when all real servers are down", EmptyTable)
            .NoEffect("sorry_server_inhibit", "", "off", "keep it in the table with weight 0", EmptyTable)
            .NoEffect("sorry_server_lvs_method", "NAT, DR or TUN", "lb_kind", "how packets reach it", EmptyTable)
            .Refused("quorum", "1..4294967294", "1", "the weight that must be alive", "a virtual server serves as long as one real server lives")
            .NoEffect("hysteresis", "number", "0", "how much more, or less, is a change", "there is no quorum")
            .Refused("quorum_up", "COMMAND [USER [GROUP]]", "", "runs when the quorum is reached", NoServerScript)
            .Refused("quorum_down", "COMMAND [USER [GROUP]]", "", "runs when the quorum is lost", NoServerScript)
            .Refused("omega", "", "off", "run the scripts on stop", NoServerScript)
            .Refused("inhibit_on_failure", "[on or off]", "off", "a failed server keeps its place with weight 0", LeavesTable)
            .Refused("ha_suspend", "", "off", "no checks while the address is elsewhere", "servers are checked on a standby as well")
            .Refused("weight", "0..65535", "1", "the share of each real server", InEachServer)
            .NoEffect("ip_family", "inet or inet6", "the real servers'", "the family of a firewall mark", "the address tells the family")
            .NoEffect("snmp_name", "text", "", "what SNMP calls it", NoSnmp)
            .Rows,
        .. new BlockInventory("real_server")
            .Refused("inhibit_on_failure", "[on or off]", "off", "a failed server keeps its place with weight 0", LeavesTable)
            .Refused("notify_up", "COMMAND [USER [GROUP]]", "", "runs when it rises", NoServerScript)
            .Refused("notify_down", "COMMAND [USER [GROUP]]", "", "runs when it falls", NoServerScript)
            .NoEffect("snmp_name", "text", "", "what SNMP calls it", NoSnmp)
            .Refused("FILE_CHECK", "{ block }", "", "alive when a file says so", OtherChecker)
            .Refused("BFD_CHECK", "{ block }", "", "alive when BFD says so", OtherChecker)
            .Rows,
    ];

    private static BlockInventory Flags(BlockInventory rows) => rows
        .NoEffect("hashed", "", "off", "a flag that keepalived reads and never uses", "keepalived does nothing with it either")
        .Refused("ops", "", "off", "each datagram is a connection", "the only protocol so far is TCP");
}
