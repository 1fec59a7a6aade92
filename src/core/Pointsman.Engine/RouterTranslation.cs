using System.Collections.Immutable;
using System.Diagnostics;
using Pointsman.Config.Model;
using Pointsman.Vrrp;
using Pointsman.Vrrp.Rivals;

namespace Pointsman.Engine;

/// <summary>What a configuration means to the VRRP machines.</summary>
public static class RouterTranslation
{
    // One broadcast of each master in this time: an operator waits no longer for word of a split, and no network feels it.
    private static readonly TimeSpan RivalProbeInterval = TimeSpan.FromSeconds(5);

    public static VrrpRouterSettings Translate(Configuration configuration) => new()
    {
        Instances = [.. configuration.Instances.Select(instance => Translate(instance, configuration))],
        SyncGroups = [.. configuration.SyncGroups.Select(group => new VrrpSyncGroupSettings(group.Name, group.Members))],
    };

    private static VrrpInstanceSettings Translate(VrrpInstanceConfig instance, Configuration configuration) => new()
    {
        Name = instance.Name,
        Interface = instance.Interface,
        VirtualRouterId = instance.VirtualRouterId,
        Priority = instance.Priority,
        StartsAsMaster = instance.StartsAsMaster,
        AdvertInterval = instance.AdvertInterval,
        AuthPass = instance.AuthPass,
        Nopreempt = instance.Nopreempt,
        GarpMasterDelay = instance.GarpMasterDelay,
        GarpMasterRepeat = instance.GarpMasterRepeat,
        RivalPolicy = Translate(instance.SplitBrain),
        RivalProbeInterval = RivalProbeInterval,
        VirtualAddresses = [.. instance.VirtualAddresses.Select(address => address.Prefix.Address)],
        TrackScripts = [.. instance.TrackScripts.Select(track => Translate(track, configuration))],
        TrackInterfaces = [.. instance.TrackInterfaces.Select(track => new VrrpTrack(track.Name, track.Weight))],
    };

    private static RivalPolicy Translate(SplitBrainPolicy policy) => policy switch
    {
        SplitBrainPolicy.Announce => RivalPolicy.Announce,
        SplitBrainPolicy.Yield => RivalPolicy.Yield,
        SplitBrainPolicy.Hold => RivalPolicy.Hold,
        _ => throw new UnreachableException(),
    };

    // A weight in track_script wins over the script's own.
    private static VrrpTrack Translate(TrackedScriptConfig track, Configuration configuration) => new(
        track.Name,
        track.Weight ?? configuration.Scripts.First(script => script.Name == track.Name).Weight);
}
