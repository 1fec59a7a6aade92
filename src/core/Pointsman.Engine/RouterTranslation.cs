using System.Collections.Immutable;
using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Vrrp;
using Pointsman.Vrrp.Rivals;
using Pointsman.Wire;

namespace Pointsman.Engine;

/// <summary>What a configuration means to the VRRP machines.</summary>
public static class RouterTranslation
{
    // One broadcast of each master in this time: an operator waits no longer for word of a split, and no network feels it.
    private static readonly TimeSpan RivalProbeInterval = TimeSpan.FromSeconds(5);

    public static VrrpRouterSettings Translate(Configuration configuration) =>
        Translate(configuration, new VirtualMacPlan(configuration));

    public static VrrpRouterSettings Translate(Configuration configuration, VirtualMacPlan virtualMacs) => new()
    {
        Instances =
        [
            .. configuration.Instances.Select(instance => WithVirtualMacs(
                Translate(instance, configuration), instance, virtualMacs)),
        ],
        SyncGroups =
        [
            .. configuration.SyncGroups.Select(group =>
                new VrrpSyncGroupSettings(group.Name, group.Members) { WeightsCount = group.TrackingWeight }),
        ],
        LinkDelays = [.. configuration.LinkDelays.Select(delay => new VrrpLinkDelay(delay.Interface, delay.Down, delay.Up))],
        StartupDelay = configuration.Global.VrrpStartupDelay,
    };

    // Who cannot have the virtual MAC address must not be master: clients would go on talking to it.
    private static VrrpInstanceSettings WithVirtualMacs(
        VrrpInstanceSettings settings, VrrpInstanceConfig instance, VirtualMacPlan virtualMacs) =>
        WithInterfaces(settings, instance, virtualMacs) is var placed && instance.DontTrackPrimary ? placed : placed with
        {
            TrackInterfaces = settings.TrackInterfaces.AddRange(
                virtualMacs.Of(instance.Name).Select(mac => new VrrpTrack(mac.Name, Weight: 0))),
        };

    private static VrrpInstanceSettings WithInterfaces(
        VrrpInstanceSettings settings, VrrpInstanceConfig instance, VirtualMacPlan virtualMacs)
    {
        ImmutableArray<string> interfaces = [.. instance.VirtualAddresses.Select(address => virtualMacs.DeviceOf(instance, address))];
        return interfaces.All(name => name == instance.Interface) ? settings : settings with { AddressInterfaces = interfaces };
    }

    private static VrrpInstanceSettings Translate(VrrpInstanceConfig instance, Configuration configuration)
    {
        // What a sync group tracks, each of its members tracks.
        TrackedConfig shared = configuration.SyncGroups
            .FirstOrDefault(group => group.Members.Contains(instance.Name))?.Tracked ?? new TrackedConfig();
        return Translate(instance, shared, configuration);
    }

    private static VrrpInstanceSettings Translate(
        VrrpInstanceConfig instance, TrackedConfig shared, Configuration configuration) => new()
    {
        Name = instance.Name,
        Interface = instance.Interface,
        VirtualRouterId = instance.VirtualRouterId,
        Priority = instance.Priority,
        StartsAsMaster = instance.StartsAsMaster,
        AdvertInterval = instance.AdvertInterval,
        Version = instance.Adverts.Version,
        Family = instance.Adverts.Family,
        DownTimerAdverts = instance.Adverts.DownTimerAdverts,
        AuthPass = instance.AuthPass,
        UsesAuthenticationHeader = instance.Adverts.UsesAuthenticationHeader,
        ChecksumForm = ChecksumFormOf(instance.Adverts),
        AdvertSource = instance.Adverts.UnicastSource ?? instance.McastSrcIp,
        TracksAdvertSource = instance.Adverts.TrackSource,
        MulticastGroup = instance.Adverts.MulticastDestination,
        UnicastPeers = [.. instance.Adverts.UnicastPeers.Select(peer => new UnicastPeer(peer.Address, peer.MinTtl, peer.MaxTtl))],
        LacksPeers = instance.Adverts is { UnicastFaultNoPeer: true, UnicastPeers.IsEmpty: true },
        UnicastTimeToLive = instance.Adverts.UnicastTtl,
        ChecksUnicastSource = instance.Adverts.CheckUnicastSource,
        SkipsAddressCheck = instance.Adverts.SkipAddressCheck,
        Nopreempt = instance.Nopreempt,
        GarpMasterDelay = instance.GarpMasterDelay,
        GarpMasterRepeat = instance.GarpMasterRepeat,
        RivalPolicy = Translate(instance.SplitBrain),
        RivalProbeInterval = RivalProbeInterval,
        VirtualAddresses = [.. instance.VirtualAddresses.Select(address => address.Prefix.Address)],
        TrackGroups =
        [
            .. configuration.Static.TrackGroups
                .Where(group => group.Members.Contains(instance.Name))
                .Select(group => new VrrpTrack(group.Name, Weight: 0)),
        ],
        OwnerIgnoresAdverts = instance.OwnerIgnoresAdverts,
        PromotesSecondaries = instance.PromoteSecondaries,
        IgnoresOwnLink = instance.DontTrackPrimary,
        PreemptDelay = instance.PreemptDelay,
        GarpMasterRefresh = instance.GarpMasterRefresh,
        GarpMasterRefreshRepeat = instance.GarpMasterRefreshRepeat,
        GarpLowerPriorityDelay = instance.GarpLowerPrioDelay,
        GarpLowerPriorityRepeat = instance.GarpLowerPrioRepeat,
        KeepsSilentToLower = instance.LowerPrioNoAdvert,
        AlwaysSaysLastWord = instance.HigherPrioSendAdvert,
        TrackScripts = [.. instance.TrackScripts.AddRange(shared.Scripts).Select(track => Translate(track, configuration))],
        TrackInterfaces =
        [
            .. instance.TrackInterfaces.AddRange(shared.Interfaces)
                .Select(track => new VrrpTrack(track.Name, track.Weight) { Reverse = track.Reverse }),
        ],
        TrackFiles =
        [
            .. instance.TrackFiles.AddRange(shared.Files).Select(track =>
            {
                TrackFileConfig file = configuration.TrackFiles.First(file => file.Name == track.Name);
                return Translate(track, file.Weight, file.Reverse);
            }),
        ],
        TrackPaths =
        [
            .. instance.TrackBfds.AddRange(shared.Bfds).Select(track =>
            {
                BfdConfig bfd = configuration.Bfds.First(bfd => bfd.Name == track.Name);
                return Translate(track, bfd.Weight, bfd.Reverse);
            }),
        ],
        TrackProcesses =
        [
            .. instance.TrackProcesses.AddRange(shared.Processes).Select(track =>
            {
                TrackProcessConfig process = configuration.TrackProcesses.First(process => process.Name == track.Name);
                return Translate(track, process.Weight, process.Reverse);
            }),
        ],
    };

    private static RivalPolicy Translate(SplitBrainPolicy policy) => policy switch
    {
        SplitBrainPolicy.Announce => RivalPolicy.Announce,
        SplitBrainPolicy.Yield => RivalPolicy.Yield,
        SplitBrainPolicy.Hold => RivalPolicy.Hold,
        _ => throw new UnreachableException(),
    };

    // Over IPv6 there is one reading; over IPv4 keepalived sends the pseudo header's unless told otherwise.
    private static VrrpChecksumForm ChecksumFormOf(AdvertConfig adverts) => adverts switch
    {
        { Version: 2 } => VrrpChecksumForm.Message,
        { Family: IpFamily.V4, ChecksumAsVersion2: true } => VrrpChecksumForm.Message,
        _ => VrrpChecksumForm.PseudoHeader,
    };

    // A weight on the line that tracks wins over the thing's own.
    private static VrrpTrack Translate(TrackedThingConfig track, int weight, bool isReverse) =>
        new(track.Name, track.Weight ?? weight) { Reverse = track.Weight is null ? isReverse : track.Reverse };

    private static VrrpTrack Translate(TrackedScriptConfig track, Configuration configuration)
    {
        VrrpScriptConfig script = configuration.Scripts.First(script => script.Name == track.Name);
        return new VrrpTrack(track.Name, track.Weight ?? script.Weight)
        {
            Reverse = track.Weight is null ? script.Reverse : track.Reverse,
        };
    }
}
