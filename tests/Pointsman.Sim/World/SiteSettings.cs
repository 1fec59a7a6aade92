using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Vrrp;

namespace Pointsman.Sim.World;

// Instances stand on two segments: the even ones on the clients', the odd ones on the other. The first is asked for by the
// clients. Where there are four, the second pair is ranked the other way round: both of two nodes are master of something.

/// <summary>What the nodes of one simulated site are configured with. Every node is a director.</summary>
internal sealed record SiteSettings
{
    public const string UsualPassword = "1111";
    public const int FirstRouterId = 51;

    public static readonly IpAddress Vip = IpAddress.Parse("10.0.0.200");
    public static readonly IpAddress ExtraVip = IpAddress.Parse("10.0.0.210");

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    /// <summary>One per node.</summary>
    public required ImmutableArray<int> Priorities { get; init; }

    /// <summary>Of VRRP. In version 2 the interval is in whole seconds.</summary>
    public byte Version { get; init; } = 2;

    public TimeSpan AdvertInterval { get; init; } = s_second;

    /// <summary>The node that does not take what another answers for; null: none.</summary>
    public int? CautiousNode { get; init; }

    /// <summary>What it does when two hold the addresses.</summary>
    public string Caution { get; init; } = "hold";

    /// <summary>Null: no track script.</summary>
    public int? ScriptWeight { get; init; }

    /// <summary>Null: no path is watched by BFD.</summary>
    public int? PathWeight { get; init; }

    public bool Nopreempt { get; init; }

    /// <summary>One; two, in one sync group; or four, in two.</summary>
    public int InstanceCount { get; init; } = 1;

    /// <summary>The odd instances are of IPv6, and so of version 3.</summary>
    public bool HasIpv6 { get; init; }

    /// <summary>Adverts go to each of the other nodes, not to the group.</summary>
    public bool IsUnicast { get; init; }

    /// <summary>In version 3 every second node speaks five times as often as the site does: the others measure it by its own interval.</summary>
    public bool HasMixedIntervals { get; init; }

    /// <summary>Every node is a real server too.</summary>
    public bool NodesServe { get; init; } = true;

    /// <summary>Real servers that are no directors.</summary>
    public int OtherServers { get; init; }

    public int NodeCount => Priorities.Length;

    public int SegmentCount => Math.Min(InstanceCount, 2);

    /// <summary>An upper bound of any node's master-down time.</summary>
    public TimeSpan LongestMasterDown => (3 * AdvertInterval) + (AdvertInterval > s_second ? AdvertInterval : s_second);

    public static SiteSettings Draw(Prng random)
    {
        ImmutableArray<int>[] ranks = [[101, 100], [150, 100], [180, 150], [100, 100], [254, 200], [120, 110, 100], [100, 100, 100], [140, 120, 110, 100], [101, 100, 100, 100, 90]];
        int?[] weights = [null, 2, 2, 0, -60];
        int[] instances = [1, 1, 1, 2, 2, 4];
        TimeSpan[] intervals = [TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(0.5), s_second, TimeSpan.FromSeconds(3)];
        int others = random.NextInt(3);
        bool isVersion3 = random.OneIn(3);
        return new SiteSettings
        {
            Priorities = ranks[random.NextInt(ranks.Length)],
            Version = (byte)(isVersion3 ? 3 : 2),
            AdvertInterval = isVersion3 ? intervals[random.NextInt(intervals.Length)] : random.OneIn(4) ? 2 * s_second : s_second,
            ScriptWeight = weights[random.NextInt(weights.Length)],
            PathWeight = random.OneIn(3) ? weights[random.NextInt(weights.Length)] : null,
            Nopreempt = random.OneIn(5),
            InstanceCount = instances[random.NextInt(instances.Length)],
            HasIpv6 = random.OneIn(3),
            OtherServers = others,
            CautiousNode = random.OneIn(5) ? random.NextInt(2) : null,
            Caution = random.OneIn(2) ? "hold" : "yield",
            NodesServe = others == 0 || !random.OneIn(3),
            IsUnicast = random.OneIn(4),
            HasMixedIntervals = random.OneIn(3),
        };
    }

    public AdvertPace PaceOf(int instance) => new(VersionOf(instance), AdvertInterval);

    public byte VersionOf(int instance) => IsIpv6(instance) ? (byte)3 : Version;

    public bool IsIpv6(int instance) => HasIpv6 && SegmentOf(instance) == 1;

    public static int SegmentOf(int instance) => instance % 2;

    public IpAddress VipOf(int instance) => IsIpv6(instance)
        ? IpAddress.Parse($"fd00:1::{instance + 1}")
        : IpAddress.FromV4Bits((uint)(0x0a000000 | (SegmentOf(instance) << 16) | (200 + (instance / 2))));

    /// <summary>Which of the site's instances a machine is, wherever it stands in its node's file.</summary>
    public static int NumberOf(VrrpInstance machine) => machine.Settings.VirtualRouterId - FirstRouterId;

    public static string InterfaceOf(int instance) => SegmentOf(instance) == 0 ? "eth0" : "eth1";

    public static IpAddress AddressOf(int segment, int number) =>
        IpAddress.FromV4Bits((uint)(0x0a000000 | (segment << 16) | (number + 1)));

    public static IpAddress LinkLocalOf(int segment, int number) =>
        IpAddress.FromV6Bits(((UInt128)0xfe80 << 112) | (UInt128)((segment << 16) | (number + 1)));

    public static MacAddress MacOf(int segment, int number) =>
        new(0x02000000_0000UL | ((ulong)segment << 8) | (uint)(number + 1));

    /// <summary>From one advert of a node to the next: never longer than the site's.</summary>
    public TimeSpan IntervalOf(int instance, NodeFile file) =>
        file.SpeaksOften && VersionOf(instance) == 3 && Version == 3 ? AdvertInterval / 5 : AdvertInterval;

    /// <summary>Where a node speaks from: the address of its segment, over IPv6 its link-local one.</summary>
    public IpAddress SourceOf(int instance, int node) =>
        IsIpv6(instance) ? LinkLocalOf(SegmentOf(instance), node) : AddressOf(SegmentOf(instance), node);

    /// <summary>What the node's file says at first, and when all is in order.</summary>
    public NodeFile FileOf(int node) => new()
    {
        Priority = Priorities[node], Nopreempt = Nopreempt, ScriptWeight = ScriptWeight, PathWeight = PathWeight,
        SpeaksOften = HasMixedIntervals && node % 2 == 1,
    };

    public Configuration Read(int node, NodeFile file)
    {
        ConfigResult result = ConfigReader.Read($"node{node}.conf", new SiteText(this, node, file).ToString());
        return result.Configuration ?? throw new InvalidOperationException(
            string.Join('\n', result.Diagnostics.Select(diagnostic => diagnostic.ToString())));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"priorities {string.Join(',', Priorities)} version {Version} advert {AdvertInterval.TotalSeconds} script {ScriptWeight} path {PathWeight} nopreempt {Nopreempt} instances {InstanceCount} ipv6 {HasIpv6} others {OtherServers} serve {NodesServe} unicast {IsUnicast} mixed {HasMixedIntervals}");
}
