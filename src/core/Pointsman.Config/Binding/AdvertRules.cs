using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What holds of an instance's adverts as a whole: family, version, interval, peers; and what it has from <c>global_defs</c>.</summary>
internal static class AdvertRules
{
    // RFC 9568 §5.2.7: twelve bits of hundredths of a second.
    private const decimal Version3MostSeconds = 40.95m;

    /// <summary>What an IPv6 advert holds in a packet of the usual size of 1500 bytes.</summary>
    private const int MostAddressesOverIpv6 = 90;

    private const int MostAddresses = 255;

    public static VrrpInstanceConfig Complete(
        Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, AdvertDefaults defaults, DiagnosticSink sink)
    {
        AdvertConfig adverts = instance.Adverts;
        IpFamily family = FamilyOf(instance);
        adverts = adverts with
        {
            Family = family,
            Version = VersionOf(bound, adverts, family, defaults, sink),
            CheckUnicastSource = bound.Has("check_unicast_src") ? adverts.CheckUnicastSource : defaults.CheckUnicastSource,
            SkipAddressCheck = bound.Has("skip_check_adv_addr") ? adverts.SkipAddressCheck : defaults.SkipAddressCheck,
            ChecksumAsVersion2 = bound.Has("v3_checksum_as_v2") ? adverts.ChecksumAsVersion2 : defaults.ChecksumAsVersion2,
            DownTimerAdverts = bound.Has("down_timer_adverts") ? adverts.DownTimerAdverts : defaults.DownTimerAdverts,
            MulticastDestination = adverts.MulticastDestination
                ?? (family == IpFamily.V4 ? defaults.MulticastGroup4 : defaults.MulticastGroup6),
        };
        instance = instance with { Adverts = adverts };
        NoticeOtherFamily(bound, instance, sink);
        NoticeNoPeer(bound, adverts, sink);
        NoticeTooMany(bound, instance, sink);
        return Authentication(bound, Interval(bound, instance, sink), sink);
    }

    private static IpFamily FamilyOf(VrrpInstanceConfig instance) =>
        instance.VirtualAddresses.Select(address => address.Prefix.Address.Family)
            .Concat(instance.Adverts.UnicastPeers.Select(peer => peer.Address.Family))
            .Append((instance.Adverts.UnicastSource ?? instance.McastSrcIp)?.Family ?? IpFamily.V4)
            .First();

    // keepalived: over IPv6 there is no version 2.
    private static byte VersionOf(
        Bound<VrrpInstanceConfig> bound, AdvertConfig adverts, IpFamily family, AdvertDefaults defaults, DiagnosticSink sink)
    {
        if (family == IpFamily.V4)
        {
            return bound.Has("version") ? adverts.Version : defaults.Version;
        }

        if (bound.Has("version") && adverts.Version == 2)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.Version2OverIpv6, bound.PlaceOf("version")) with
            {
                Hint = "type `version 3`, or leave the line out",
            });
        }

        return 3;
    }

    private static void NoticeOtherFamily(Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, DiagnosticSink sink)
    {
        IpFamily family = instance.Adverts.Family;
        IEnumerable<(IpAddress Address, SourceSpan Source)> all = instance.VirtualAddresses
            .Select(address => (address.Prefix.Address, address.Source))
            .Concat(instance.Adverts.UnicastPeers.Select(peer => (peer.Address, peer.Source)));
        void Add(IpAddress? address, string keyword) => all = address is { } given ? all.Append((given, bound.PlaceOf(keyword))) : all;
        Add(instance.Adverts.UnicastSource, "unicast_src_ip");
        Add(instance.McastSrcIp, "mcast_src_ip");
        Add(bound.Has("mcast_dst_ip") ? instance.Adverts.MulticastDestination : null, "mcast_dst_ip");
        foreach ((IpAddress address, SourceSpan source) in all.Where(given => given.Address.Family != family))
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.OtherFamily, source, address, FamilyName(address.Family), FamilyName(family)) with
            {
                Hint = "give each family a `vrrp_instance` of its own, and join the two by a `vrrp_sync_group`",
            });
        }
    }

    private static string FamilyName(IpFamily family) => family == IpFamily.V4 ? "IPv4" : "IPv6";

    private static void NoticeNoPeer(Bound<VrrpInstanceConfig> bound, AdvertConfig adverts, DiagnosticSink sink)
    {
        if (bound.Has("unicast_peer") && adverts.UnicastPeers.IsEmpty && !adverts.UnicastFaultNoPeer)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.NoUnicastPeer, bound.PlaceOf("unicast_peer")) with
            {
                Hint = "name the other nodes' addresses, or leave the block out",
            });
        }
    }

    private static void NoticeTooMany(Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, DiagnosticSink sink)
    {
        int most = instance.Adverts.Family == IpFamily.V4 ? MostAddresses : MostAddressesOverIpv6;
        if (instance.VirtualAddresses.Length > most)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.TooManyAddresses, bound.Owner.HeaderSpan, InstanceRules.Header(bound.Owner),
                instance.VirtualAddresses.Length, most) with
            {
                Hint = "move some to another `vrrp_instance` with a `virtual_router_id` of its own",
            });
        }
    }

    // Version 2 says whole seconds, version 3 hundredths up to 40.95 s.
    private static VrrpInstanceConfig Interval(Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, DiagnosticSink sink)
    {
        var seconds = (decimal)instance.AdvertInterval.TotalSeconds;
        bool isVersion2 = instance.Adverts.Version == 2;
        if (!isVersion2 && seconds > Version3MostSeconds)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.OutOfRange, bound.PlaceOf("advert_int"), "advert_int", seconds, $"0.01..{Version3MostSeconds}") with
            {
                Label = "VRRP version 3 knows no longer interval",
            });
            return instance;
        }

        decimal counted = isVersion2
            ? Math.Max(1, Math.Round(seconds, MidpointRounding.AwayFromZero))
            : Math.Max(0.01m, Math.Round(seconds, 2, MidpointRounding.AwayFromZero));
        if (counted != seconds)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.AdvertIntervalRounded, bound.PlaceOf("advert_int"), seconds, counted,
                isVersion2 ? "VRRP version 2 knows whole seconds only" : "VRRP version 3 knows hundredths of a second") with
            {
                Hint = $"type `advert_int {counted}` on every node",
            });
        }

        return instance with { AdvertInterval = TimeSpan.FromSeconds((double)counted) };
    }

    private static VrrpInstanceConfig Authentication(Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, DiagnosticSink sink)
    {
        if (instance.AuthPass is null)
        {
            return instance;
        }

        if (instance.Adverts.Version == 3)
        {
            // RFC 9568 §9: version 3 has none.
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.NoAuthenticationInVersion3, bound.PlaceOf("authentication")) with
            {
                Label = "adverts carry no password, and none is asked for",
                Hint = "leave the block out",
            });
            return instance with { AuthPass = null, Adverts = instance.Adverts with { UsesAuthenticationHeader = false } };
        }

        return instance;
    }
}
