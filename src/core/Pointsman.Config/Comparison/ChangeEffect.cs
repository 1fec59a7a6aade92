using Pointsman.Config.Effective;

namespace Pointsman.Config.Comparison;

/// <summary>What a running director makes of a change, told to the operator before and after it is made.</summary>
internal static class ChangeEffect
{
    internal const string OfRenamed = "the same router id on the same interface: it keeps its state";

    private const string AtStart = "counts at the next start: a running daemon keeps its name and its paths";
    private const string NewConnections = "for new connections; those there are stay where they are";
    private const string NewElection = "on the wire another instance: the one before says farewell, this one begins with an election";

    internal static string OfAdded(EffectiveBlock block) => block.Keyword switch
    {
        "instance" => AtStart,
        "vrrp_instance" => "begins as BACKUP, with an election",
        "vrrp_sync_group" => "unless this node is master of all its members, they begin with an election",
        "virtual_server" => "balanced as soon as this node holds its address",
        "real_server" => "takes connections at once, and is checked from now on",
        "authentication" => "directors without this password are not heard from now on",
        _ when IsCheck(block.Keyword) => "the server keeps its state until the check has run",
        _ => "",
    };

    internal static string OfRemoved(EffectiveBlock block) => block.Keyword switch
    {
        "instance" => AtStart,
        "vrrp_instance" => "says farewell and drops its addresses: another director takes over",
        "vrrp_sync_group" => "its members go each their own way from where they are",
        "virtual_server" => "balanced no more: packets to it go to this node itself, and its connections end",
        "real_server" => "takes no connection any more; packets of those it has are dropped, unless it is added again in time",
        "authentication" => "directors with a password are not heard from now on",
        _ when IsCheck(block.Keyword) => "the server is judged by its other checks; without any it is up",
        _ => "",
    };

    internal static string OfSetting(string block, string setting, string now) => block switch
    {
        "vrrp_instance" => OfInstance(setting, now),
        "vrrp_sync_group" => "unless this node is master of all its members, they begin with an election",
        "vrrp_script" => setting == "weight" ? "counts at once" : "the script runs anew; until it has, its last result counts",
        "authentication" => "directors with the password before are not heard until theirs is changed too",
        "virtual_server" => OfVirtualServer(setting),
        "virtual_server_group" => now == "removed"
            ? "balanced no more: packets to it go to this node itself, and its connections end"
            : "balanced as soon as this node holds it, with the group's real servers",
        "real_server" => OfRealServer(setting, now),
        "static_ipaddress" or "static_routes" or "static_rules" => now == "removed" ? "taken away at once" : "set at once",
        "global_defs" when setting.StartsWith("script_", StringComparison.Ordinal) => "scripts run anew",
        "global_defs" when setting.EndsWith("connection_table", StringComparison.Ordinal) =>
            "the table keeps its size until the daemon is stopped in order and started again",
        _ when IsCheck(block) => "the check begins anew; the server keeps its state until it has run",
        _ => "",
    };

    private static string OfInstance(string setting, string now) => setting switch
    {
        "interface" or "virtual_router_id" => NewElection,
        "priority" => "advertised at once; who has more takes over",
        "advert_int" => "no change of state here; the other directors need the same",
        "virtual_ipaddress" when now == "removed" => "taken off at once, if this node is master",
        "virtual_ipaddress" when now == "added" => "set and announced at once, if this node is master",
        "virtual_routes" or "virtual_rules" => "as now on, if this node is master",
        "state" => "no change of state: it counts when the instance begins",
        _ => "no change of state by itself",
    };

    private static string OfVirtualServer(string setting) => setting switch
    {
        "delay_loop" => "checks that go by it begin anew; servers keep their state until they have run",
        "lb_algo" or "persistence_timeout" or "persistence_granularity" => NewConnections,
        _ => "",
    };

    private static string OfRealServer(string setting, string now) => setting switch
    {
        "weight" when now == "0" => "drained: keeps its connections and takes no new ones",
        "weight" => NewConnections,
        _ => "",
    };

    private static bool IsCheck(string keyword) =>
        keyword.EndsWith("_CHECK", StringComparison.Ordinal) || keyword is "HTTP_GET" or "SSL_GET";
}
