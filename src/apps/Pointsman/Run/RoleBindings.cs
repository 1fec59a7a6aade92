using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Dataplane;
using Pointsman.Engine;
using Pointsman.Linux.Network;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.App.Run;

/// <summary>What of a configuration the VRRP role sets on this host.</summary>
internal static class RoleBindings
{
    // Each instance has a lease, whether or not it is for a virtual server: it guards the right to answer for its addresses.
    internal static InstanceBinding Of(
        VrrpInstanceConfig instance, OwnershipMap ownership, VirtualMacPlan virtualMacs, bool hasLeases) => new()
    {
        Addresses = [.. instance.HeldAddresses.Select(address => Placed(address, virtualMacs.DeviceOf(instance, address)))],
        ExtraAnnouncements = instance.GarpExtra?.Interval ?? TimeSpan.Zero,
        AnnouncesEverywhere = instance.GarpExtra is { All: true },
        IsDeaf = !instance.Accepts,
        Routes = [.. instance.Routes.Select(Placed)],
        Rules = [.. instance.Rules.Select(Placed)],
        VirtualMacs =
        [
            .. virtualMacs.Of(instance.Name).Select(mac => new VirtualMac(mac.Name, mac.Parent, mac.Mac)
            {
                SendsAdverts = mac.IsOwn && !instance.Vmac.TransmitsFromBase,
                CarriesIpv4 = Carries(IpFamily.V4, instance, mac, virtualMacs),
                CarriesIpv6 = Carries(IpFamily.V6, instance, mac, virtualMacs),
                Group = instance.Vmac.Group,
            }),
        ],
        LeaseSlot = hasLeases && ownership.SlotOf(instance.Name) is var slot and < OwnershipLeases.SlotCount ? slot : null,
    };

    /// <summary>What stays on this node whoever is master.</summary>
    internal static StaticNetwork Of(StaticConfig statics, GlobalDefinitions global) => new()
    {
        Addresses = [.. statics.Addresses.Select(address => Placed(address, address.Device ?? global.DefaultInterface))],
        Routes = [.. statics.Routes.Select(Placed)],
        Rules = [.. statics.Rules.Select(Placed)],
    };

    internal static FirewallSettings Firewall(GlobalDefinitions global) => new FirewallSettings() with
    {
        Table = global.NftablesTable ?? new FirewallSettings().Table,
        Priority = global.NftablesPriority,
        HasCounters = global.NftablesCounters,
    };

    internal static AnnouncementSettings Announcements(Configuration configuration) => new()
    {
        ArpInterval = configuration.Global.Garp.GarpInterval,
        NeighbourInterval = configuration.Global.Garp.GnaInterval,
        Groups = [.. configuration.GarpGroups.Select(group => new AnnouncementGroup(group.Interfaces, group.GarpInterval, group.GnaInterval))],
    };

    private static VirtualRoute Placed(RouteConfig route) => new(route.Route, route.NoTrack, route.TrackGroup);

    private static VirtualRule Placed(RuleConfig rule) => new(rule.Rule, rule.NoTrack, rule.TrackGroup);

    private static bool Carries(IpFamily family, VrrpInstanceConfig instance, PlannedVirtualMac mac, VirtualMacPlan virtualMacs) =>
        (mac.IsOwn && instance.Adverts.Family == family) || instance.HeldAddresses.Any(
            address => address.Prefix.Address.Family == family && virtualMacs.DeviceOf(instance, address) == mac.Name);

    private static VirtualAddress Placed(VirtualAddressConfig address, string device) => new(
        address.Peer is { } peer ? new IpPrefix(address.Prefix.Address, peer.Length) : address.Prefix, device, address.Label)
    {
        Scope = (AddressScope)address.Scope,
        Broadcast = address.Broadcast,
        Peer = address.Peer?.Address,
        Traits = (address.Home ? AddressTraits.Home : AddressTraits.None)
            | (address.DetectsDuplicates ? AddressTraits.None : AddressTraits.NoDuplicateDetection)
            | (address.ManagesTemporary ? AddressTraits.ManageTemporary : AddressTraits.None)
            | (address.NoPrefixRoute ? AddressTraits.NoPrefixRoute : AddressTraits.None)
            | (address.AutoJoin ? AddressTraits.AutoJoin : AddressTraits.None),
        PreferredLifetimeSeconds = address.PreferredLifetimeSeconds,
        IsUntracked = address.NoTrack,
        Group = address.TrackGroup,
    };
}
