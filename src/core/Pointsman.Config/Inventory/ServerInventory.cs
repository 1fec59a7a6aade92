using System.Collections.Immutable;
using static Pointsman.Config.Inventory.Reasons;

namespace Pointsman.Config.Inventory;

/// <summary>The rest of <c>virtual_server</c> and <c>real_server</c>.</summary>
internal static class ServerInventory
{

    public static ImmutableArray<KnownKeyword> Rows { get; } =
    [
        .. Flags(new BlockInventory("virtual_server"))
            .NoEffect("snmp_name", "text", "", "what SNMP calls it", NoSnmp)
            .Rows,
        .. new BlockInventory("real_server")
            .NoEffect("snmp_name", "text", "", "what SNMP calls it", NoSnmp)
            .Rows,
    ];

    private static BlockInventory Flags(BlockInventory rows) => rows
        .NoEffect("hashed", "", "off", "a flag that keepalived reads and never uses", "keepalived does nothing with it either");
}
