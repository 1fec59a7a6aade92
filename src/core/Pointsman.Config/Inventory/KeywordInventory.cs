using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Pointsman.Config.Inventory;

/// <summary>
/// Every keyword keepalived 2.4 knows and this version does nothing with, block by block: what separates a slip of the
/// keyboard from a feature that is missing.
/// </summary>
internal static class KeywordInventory
{
    // keepalived 2.2.7 refuses these.
    private static readonly FrozenSet<string> New = new[]
    {
        "active_key", "anti_replay", "auth_hmac", "mode", "time_window", "dbus_no_interface_name", "iproute_etc_dir",
        "iproute_usr_dir", "json_version", "json_dump_file", "state_dump_file", "stats_dump_file", "no_virtual_ipaddress",
        "owner_ignore_adverts", "vrrp_owner_ignore_adverts", "set_supplementary_groups", "sni_name",
        "snmp_vs_stats_update_interval", "snmp_rs_stats_update_interval", "thread_timer_expired", "timer_expired_backup",
        "tls_compliant", "use_symlink_paths", "v3_checksum_as_v2", "vrrp_delay_after_boot",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static ImmutableArray<KnownKeyword> Rows { get; } =
    [
        .. FileInventory.Rows, .. GlobalInventory.Rows, .. ProcessInventory.Rows, .. VrrpInventory.Rows, .. ServerInventory.Rows,
        .. CheckerInventory.Rows,
    ];

    private static readonly FrozenDictionary<(string Block, string Name), KnownKeyword> ByPlace =
        Rows.ToFrozenDictionary(row => (row.Block, row.Name));

    private static readonly FrozenDictionary<string, ImmutableArray<KnownKeyword>> ByName = Rows
        .GroupBy(row => row.Name)
        .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);

    /// <summary>In alphabetical order, so that a guess among equals is always the same.</summary>
    public static ImmutableArray<string> Names { get; } = [.. ByName.Keys.Order(StringComparer.Ordinal)];

    public static KnownKeyword? Find(string block, string name) => ByPlace.GetValueOrDefault((block, name));

    public static ImmutableArray<KnownKeyword> FindAll(string name) => ByName.GetValueOrDefault(name, []);

    /// <summary>The release that a keyword came with, for those younger than 2.2.7.</summary>
    public static string? Since(string name) => New.Contains(name) ? "keepalived after 2.2.7" : null;
}
