using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Effective;

/// <summary>The blocks of VRRP, setting by setting.</summary>
internal static class VrrpView
{
    public static EffectiveBlock Of(VrrpScriptConfig script, GlobalDefinitions global, SettingPlaces places) =>
        new BlockView("vrrp_script", script.Source, places)
            .Named(script.Name)
            .Command("script", script.Command)
            .Seconds("interval", script.Interval)
            .Seconds("timeout", script.Timeout, "the interval", script.Interval)
            .Weight("weight", script.Weight, script.Reverse)
            .Number("rise", script.Rise)
            .Number("fall", script.Fall)
            .Flag("init_fail", script.InitFail)
            .Words("user", script.User, script.Group, $"script_user: {global.ScriptUser ?? "root"}")
            .Done();

    public static EffectiveBlock Of(SyncGroupConfig group, GlobalDefinitions global, SettingPlaces places) =>
        Notify(new BlockView("vrrp_sync_group", group.Source, places)
            .Named(group.Name)
            .Entries("group", "instance", group.Members, member => member)
            .Tracked(group.Tracked)
            .Flag("sync_group_tracking_weight", group.TrackingWeight), group.Notify, global)
            .Done();

    public static EffectiveBlock Of(VrrpInstanceConfig instance, GlobalDefinitions global, SettingPlaces places)
    {
        AdvertConfig adverts = instance.Adverts;
        BlockView view = new BlockView("vrrp_instance", instance.Source, places)
            .Named(instance.Name)
            .Text("state", instance.StartsAsMaster ? "MASTER" : "BACKUP")
            .Text("interface", instance.Interface)
            .Number("virtual_router_id", instance.VirtualRouterId)
            .Number("priority", instance.Priority)
            .Text("version", $"{adverts.Version}")
            .Seconds("advert_int", instance.AdvertInterval)
            .Number("down_timer_adverts", adverts.DownTimerAdverts)
            .Flag("nopreempt", instance.Nopreempt)
            .Address("mcast_src_ip", instance.McastSrcIp, "the interface's first address")
            .Address("mcast_dst_ip", adverts.MulticastDestination, adverts.Family == IpFamily.V4 ? "224.0.0.18" : "ff02::12")
            .Address("unicast_src_ip", adverts.UnicastSource, "the interface's first address")
            .Flag("unicast_fault_no_peer", adverts.UnicastFaultNoPeer)
            .Number("unicast_ttl", adverts.UnicastTtl)
            .Switch("check_unicast_src", adverts.CheckUnicastSource)
            .Flag("track_src_ip", adverts.TrackSource)
            .Switch("skip_check_adv_addr", adverts.SkipAddressCheck)
            .Switch("v3_checksum_as_v2", adverts.ChecksumAsVersion2)
            .Entries("unicast_peer", "address", adverts.UnicastPeers, peer => peer.Address.ToString(),
                new("min_ttl", peer => peer.MinTtl is { } least ? new EffectiveValue.Number(least) : null),
                new("max_ttl", peer => peer.MaxTtl is { } most ? new EffectiveValue.Number(most) : null))
            .Seconds("garp_master_delay", instance.GarpMasterDelay)
            .Number("garp_master_repeat", instance.GarpMasterRepeat)
            .Text(Directive.Prefix + "split_brain", instance.SplitBrain.ToString().ToLowerInvariant())
            .Seconds("garp_master_refresh", instance.GarpMasterRefresh)
            .Number("garp_master_refresh_repeat", instance.GarpMasterRefreshRepeat)
            .Seconds("garp_lower_prio_delay", instance.GarpLowerPrioDelay, "garp_master_delay", instance.GarpMasterDelay)
            .Number("garp_lower_prio_repeat", instance.GarpLowerPrioRepeat, "garp_master_repeat", instance.GarpMasterRepeat)
            .Words("garp_extra_if", StaticView.Words(instance.GarpExtra), "off")
            .Switch("lower_prio_no_advert", instance.LowerPrioNoAdvert)
            .Switch("higher_prio_send_advert", instance.HigherPrioSendAdvert)
            .Seconds("preempt_delay", instance.PreemptDelay)
            .Flag("dont_track_primary", instance.DontTrackPrimary)
            .Switch("strict_mode", instance.IsStrict)
            .Switch("owner_ignore_adverts", instance.OwnerIgnoresAdverts)
            .Flag("accept", instance.Accept == true)
            .Flag("no_accept", instance.Accept == false)
            .Bytes("use_vmac", instance.Vmac.IsUsed, VmacWords(instance.Vmac), "off")
            .Flag("vmac_xmit_base", instance.Vmac.TransmitsFromBase)
            .Flag("use_vmac_addr", instance.Vmac.ForOtherAddresses)
            .Flag("linkbeat_use_polling", instance.PollsLink)
            .Flag("promote_secondaries", instance.PromoteSecondaries)
            .Entries("virtual_ipaddress", "address", instance.VirtualAddresses, address => address.Prefix.ToString(), AddressView.Options)
            .Entries(
                "virtual_ipaddress_excluded", "address", instance.ExcludedAddresses, address => address.Prefix.ToString(),
                AddressView.Options)
            .Lines("virtual_routes", "route", instance.Routes.Select(StaticView.Line))
            .Lines("virtual_rules", "rule", instance.Rules.Select(StaticView.Line))
            .Tracked(new TrackedConfig
            {
                Scripts = instance.TrackScripts,
                Interfaces = instance.TrackInterfaces,
                Files = instance.TrackFiles,
                Processes = instance.TrackProcesses,
                Bfds = instance.TrackBfds,
            });
        view = Notify(view, instance.Notify, global).Script("notify_master_rx_lower_pri", instance.Notify.LowerPriorityHeard);
        return (instance.AuthPass is null ? view : view.Block(Authentication(instance.AuthPass, instance, places))).Done();
    }

    private static BlockView Notify(BlockView view, NotifyConfig notify, GlobalDefinitions global) => view
        .Script("notify", notify.Any)
        .Script("notify_master", notify.Master)
        .Script("notify_backup", notify.Backup)
        .Script("notify_fault", notify.Fault)
        .Script("notify_stop", notify.Stop)
        .Script("notify_deleted", notify.Deleted)
        .Switch("notify_priority_changes", notify.PriorityChanges, "vrrp_notify_priority_changes", global.NotifyPriorityChanges)
        .Switch("smtp_alert", notify.SmtpAlert, "smtp_alert_vrrp", global.Mail.TellsOf(notify));

    private static ImmutableArray<string> VmacWords(VmacConfig vmac) =>
    [
        .. new[] { vmac.Name, vmac.Mac?.ToString() }.OfType<string>(),
        .. vmac.Group is { } group ? (string[])["group", string.Create(CultureInfo.InvariantCulture, $"{group}")] : [],
    ];

    private static EffectiveBlock Authentication(string password, VrrpInstanceConfig instance, SettingPlaces places)
    {
        SourceSpan block = places.Of(instance.Source, "authentication");
        return new BlockView("authentication", block, places).Text("auth_type", instance.Adverts.UsesAuthenticationHeader ? "AH" : "PASS").Text("auth_pass", password).Done() with
        {
            IsRepeatable = false,
        };
    }

}
