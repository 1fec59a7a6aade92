using System.Collections.Immutable;
using static Pointsman.Config.Inventory.Reasons;

namespace Pointsman.Config.Inventory;

/// <summary>What stands outside all blocks, and the small blocks that stand there.</summary>
internal static class FileInventory
{
    public static ImmutableArray<KnownKeyword> Rows { get; } =
    [
        .. new BlockInventory("the file")
            .Refused("net_namespace", "name", "", "run in a network namespace", OneNamespace)
            .Refused("net_namespace_ipvs", "[name]", "net_namespace", "balance in another network namespace", OneNamespace)
            .NoEffect("namespace_with_ipsets", "", "off", "use ipsets in a network namespace", NoFirewall)
            .NoEffect("use_pid_dir", "", "off", "process id files in /run/keepalived", "type `--pid FILE` on the command line")
            .NoEffect("child_wait_time", "seconds", "5", "patience with processes on stop", OwnProcesses)
            .Rows,
    ];
}
