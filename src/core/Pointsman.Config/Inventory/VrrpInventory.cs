using System.Collections.Immutable;
using static Pointsman.Config.Inventory.Reasons;

namespace Pointsman.Config.Inventory;

/// <summary>The rest of <c>vrrp_instance</c>, <c>vrrp_sync_group</c> and <c>vrrp_script</c>.</summary>
internal static class VrrpInventory
{
    private const string NoKeyedAdverts = "adverts are not signed this way; `auth_type AH` is";

    public static ImmutableArray<KnownKeyword> Rows { get; } =
    [
        .. new BlockInventory("vrrp_instance")
            .NoEffect("no_virtual_ipaddress", "", "off", "without addresses on purpose", "an instance without addresses is told of all the same")
            .Refused("auth_hmac", "{ block }", "none", "adverts signed with a key", NoKeyedAdverts)
            .NoEffect("old_unicast_checksum", "[never]", "by itself", "the checksum of keepalived before 1.3.6", "it is understood when it comes, and never sent")
            .Refused("use_ipvlan", "[NAME] [ADDRESS] [TYPE]", "off", "adverts from an ipvlan interface", NoIpvlan)
            .NoEffect("timer_expired_backup", "[1..254]", "off", "step back when timers came late", OwnProcesses)
            .NoEffect("thread_timer_expired", "", "off", "tell when timers came late", OwnProcesses)
            .NoEffect("kernel_rx_buf_size", "bytes", "the kernel's", "receive buffer of adverts", BuffersGrow)
            .NoEffect("lvs_sync_daemon_interface", "interface", "", "an old form of lvs_sync_daemon", "write `lvs_sync_daemon INTERFACE INSTANCE` in global_defs")
            .NoEffect("native_ipv6", "", "off", "a word of keepalived 1.2", "the addresses tell the family")
            .Refused("vrf", "name", "", "adverts in a VRF", "name an interface that belongs to the VRF: adverts and addresses are there")
            .NoEffect("debug", "[0..4]", "0", "more in the log", OneLog)
            .Rows,
        .. new BlockInventory("auth_hmac")
            .Refused("key", "ID hex:... | file:... | TEXT, 32..64 bytes", "must be given", "a key", NoKeyedAdverts)
            .Refused("active_key", "ID", "the first", "the key that signs", NoKeyedAdverts)
            .Refused("time_window", "1..300 s", "5, or three adverts", "how far clocks may differ", NoKeyedAdverts)
            .Refused("anti_replay", "time or monotonic", "time", "how old adverts are known", NoKeyedAdverts)
            .Refused("mode", "enforce, permissive, receive-only", "enforce", "what unsigned adverts are", NoKeyedAdverts)
            .Rows,
        .. new BlockInventory("vrrp_sync_group")
            .NoEffect("global_tracking", "", "off", "a word of keepalived 1.2", "keepalived does nothing with it either")
            .Rows,
    ];
}
