using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Config.Model;

namespace Pointsman.Config.Effective;

/// <summary>The things that are tracked, setting by setting.</summary>
internal static class TrackView
{
    public static EffectiveBlock Of(TrackFileConfig file, SettingPlaces places) =>
        new BlockView("track_file", file.Source, places)
            .Named(file.Name)
            .Text("file", file.Path)
            .Weight("weight", file.Weight, file.Reverse)
            .Words(
                "init_file",
                file.InitialNumber is { } number
                    ? [number.ToString(CultureInfo.InvariantCulture), .. Enumerable.Repeat("overwrite", file.Overwrites ? 1 : 0)]
                    : [],
                "the file is left as it is")
            .Done();

    public static EffectiveBlock Of(TrackProcessConfig process, SettingPlaces places) =>
        new BlockView("vrrp_track_process", process.Source, places)
            .Named(process.Name)
            .Command("process", process.Command)
            .Text("param_match", process.Match?.ToString().ToLowerInvariant(), "parameters do not count")
            .Weight("weight", process.Weight, process.Reverse)
            .Number("quorum", process.Quorum)
            .Number("quorum_max", process.QuorumMax, "any number")
            .Seconds("terminate_delay", process.TerminateDelay)
            .Seconds("fork_delay", process.ForkDelay)
            .Flag("full_command", process.FullCommand)
            .Done();

    public static EffectiveBlock Of(BfdConfig bfd, SettingPlaces places) =>
        new BlockView("bfd_instance", bfd.Source, places)
            .Named(bfd.Name)
            .Text("neighbor_ip", bfd.Neighbor.ToString())
            .Address("source_ip", bfd.SourceAddress, "as the routes say")
            .Number("min_rx", (int)bfd.MinRx.TotalMilliseconds)
            .Number("min_tx", (int)bfd.MinTx.TotalMilliseconds)
            .Number("idle_tx", (int)bfd.IdleTx.TotalMilliseconds)
            .Number("multiplier", bfd.Multiplier)
            .Flag("passive", bfd.IsPassive)
            .Flag("multihop", bfd.IsMultihop)
            .Number("ttl", bfd.EffectiveTimeToLive)
            .Number("max_hops", bfd.MaxHops)
            .Weight("weight", bfd.Weight, bfd.Reverse)
            .Flag("vrrp", bfd.IsForVrrp)
            .Flag("checker", bfd.IsForChecker)
            .Done();

    public static EffectiveBlock Of(TlsClientConfig client, SettingPlaces places) =>
        new BlockView("SSL", client.Source, places)
            .Text("certificate", client.Certificate, "none")
            .Text("key", client.Key, "it stands with the certificate")
            .Text("password", client.Password, "none")
            .Text("ca", client.Authorities, "none")
            .Done() with
        { IsRepeatable = false };

    /// <summary>A list: each line begins with an interface.</summary>
    public static EffectiveBlock Of(ImmutableArray<LinkBeatConfig> links) =>
        new BlockView("linkbeat_interfaces", default, SettingPlaces.None)
            .Lines("linkbeat_interfaces", "interface", links.Select(link =>
                link.Method == LinkBeatMethod.Any ? link.Interface : $"{link.Interface} {link.Method.ToString().ToUpperInvariant()}"))
            .Done() with
        { IsRepeatable = false };

    /// <summary>A list: each line begins with an interface.</summary>
    public static EffectiveBlock Of(ImmutableArray<LinkDelayConfig> delays)
    {
        var view = new BlockView("interface_up_down_delays", default, SettingPlaces.None);
        foreach (LinkDelayConfig delay in delays)
        {
            view.Words(delay.Interface, Typed.Seconds(delay.Down), Typed.Seconds(delay.Up), "none");
        }

        return view.Done() with { IsRepeatable = false };
    }
}
