namespace Pointsman.Config.Inventory;

/// <summary>Reasons that several keywords share.</summary>
internal static class Reasons
{
    public const string BySystem = "let the system's network configuration set it";
    public const string OneAddressEach = "write a `virtual_server ADDRESS PORT` for each address";
    public const string NoIpvlan = "an ipvlan has the MAC address of the interface below it: name that one, or give a MAC address by `use_vmac`";
    public const string NoIpvs = "connections are balanced without IPVS";
    public const string NoFirewall = "no firewall rules are needed: an address that is held is reachable";
    public const string OwnTable = "rules are set by nftables in a table of their own, whatever other chains there are";
    public const string NoSnmp = "there is no SNMP agent; `pointsman status --json` has the figures";
    public const string NoDbus = "there is no D-Bus service; `pointsman status --json` has the figures";
    public const string OwnProcesses = "the processes have names and priorities of their own";
    public const string OneNamespace = "it runs in the namespace it is started in: start it by `ip netns exec NAME`";
    public const string InEachInstance = "type it in each `vrrp_instance`";
    public const string BuffersGrow = "receive buffers are sized by what is needed";
    public const string ReloadIsChecked = "every reload is checked before it is applied, and refused whole";
    public const string StatusHasIt = "`pointsman status --json` tells the same";
    public const string OnAlways = "this is always so";
    public const string OneLog = "the log has its own words, one line for each change";
}
