using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Config.Effective;

/// <summary>A configuration as the keywords that would make it, every setting with the value that counts, defaults included.</summary>
public static class EffectiveModel
{
    /// <summary>In the order in which sites write their files.</summary>
    public static ImmutableArray<EffectiveBlock> Of(Configuration configuration, SettingPlaces places) =>
    [
        .. configuration.Instance is { } name ? [InstanceLine(name, places)] : Array.Empty<EffectiveBlock>(),
        GlobalView.Of(configuration.Global, places),
        .. configuration.Scripts.Select(script => VrrpView.Of(script, configuration.Global, places)),
        .. configuration.TrackFiles.Select(file => TrackView.Of(file, places)),
        .. configuration.TrackProcesses.Select(process => TrackView.Of(process, places)),
        .. configuration.Bfds.Select(bfd => TrackView.Of(bfd, places)),
        .. configuration.TlsClient is { } client ? [TrackView.Of(client, places)] : Array.Empty<EffectiveBlock>(),
        .. configuration.LinkDelays.IsEmpty ? Array.Empty<EffectiveBlock>() : [TrackView.Of(configuration.LinkDelays)],
        .. configuration.PollsAllLinks ? [new BlockView("linkbeat_use_polling", default, places).Done() with { IsRepeatable = false, IsLine = true }] : Array.Empty<EffectiveBlock>(),
        .. configuration.LinkBeats.IsEmpty ? Array.Empty<EffectiveBlock>() : [TrackView.Of(configuration.LinkBeats)],
        .. configuration.GarpGroups.Select(group => StaticView.Of(group, places)),
        .. StaticView.Of(configuration.Static, places),
        .. configuration.SyncGroups.Select(group => VrrpView.Of(group, configuration.Global, places)),
        .. configuration.Instances.Select(instance => VrrpView.Of(instance, configuration.Global, places)),
        .. configuration.VirtualServerGroups.Select(ServerView.Of),
        .. configuration.VirtualServers.Select(server => ServerView.Of(server, configuration.Global.Mail, places)),
    ];

    private static EffectiveBlock InstanceLine(string name, SettingPlaces places) =>
        new BlockView("instance", default, places).Named(name).Done() with { IsRepeatable = false, IsLine = true };
}
