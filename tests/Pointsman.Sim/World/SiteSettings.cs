using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Vrrp;

namespace Pointsman.Sim.World;

/// <summary>What the nodes of one simulated site are configured with. Every node is a director.</summary>
internal sealed record SiteSettings
{
    public static readonly IpAddress Vip = IpAddress.Parse("10.0.0.200");

    private static readonly IpAddress s_secondVip = IpAddress.Parse("10.1.0.1");

    /// <summary>One per node.</summary>
    public required ImmutableArray<int> Priorities { get; init; }

    public int AdvertSeconds { get; init; } = 1;

    /// <summary>The node that does not take what another answers for; null: none.</summary>
    public int? CautiousNode { get; init; }

    /// <summary>What it does when two hold the addresses.</summary>
    public string Caution { get; init; } = "hold";

    /// <summary>Null: no track script.</summary>
    public int? ScriptWeight { get; init; }

    public bool Nopreempt { get; init; }

    /// <summary>A second instance, on an interface of its own, in one sync group with the first.</summary>
    public bool HasSyncGroup { get; init; }

    /// <summary>Every node is a real server too.</summary>
    public bool NodesServe { get; init; } = true;

    /// <summary>Real servers that are no directors.</summary>
    public int OtherServers { get; init; }

    public int NodeCount => Priorities.Length;

    public int InstanceCount => HasSyncGroup ? 2 : 1;

    public TimeSpan AdvertInterval => TimeSpan.FromSeconds(AdvertSeconds);

    public AdvertPace Pace => new(2, AdvertInterval);

    /// <summary>An upper bound of any node's master-down time.</summary>
    public TimeSpan LongestMasterDown => (3 * AdvertInterval) + TimeSpan.FromSeconds(1);

    public static SiteSettings Draw(Prng random)
    {
        ImmutableArray<int>[] ranks = [[101, 100], [150, 100], [180, 150], [100, 100], [254, 200], [120, 110, 100], [100, 100, 100], [140, 120, 110, 100], [101, 100, 100, 100, 90]];
        int?[] weights = [null, 2, 2, 0, -60];
        int others = random.NextInt(3);
        return new SiteSettings
        {
            Priorities = ranks[random.NextInt(ranks.Length)],
            AdvertSeconds = random.OneIn(4) ? 2 : 1,
            ScriptWeight = weights[random.NextInt(weights.Length)],
            Nopreempt = random.OneIn(5),
            HasSyncGroup = random.OneIn(4),
            OtherServers = others,
            CautiousNode = random.OneIn(5) ? random.NextInt(2) : null,
            Caution = random.OneIn(2) ? "hold" : "yield",
            NodesServe = others == 0 || !random.OneIn(3),
        };
    }

    public static IpAddress VipOf(int instance) => instance == 0 ? Vip : s_secondVip;

    public static string InterfaceOf(int instance) => instance == 0 ? "eth0" : "eth1";

    public static IpAddress AddressOf(int segment, int number) =>
        IpAddress.FromV4Bits((uint)(0x0a000000 | (segment << 16) | (number + 1)));

    public static MacAddress MacOf(int segment, int number) =>
        new(0x02000000_0000UL | ((ulong)segment << 8) | (uint)(number + 1));

    /// <param name="priority">Null: the one it began with.</param>
    public Configuration Read(int node, int? priority = null)
    {
        ConfigResult result = ConfigReader.Read($"node{node}.conf", Write(node, priority));
        return result.Configuration ?? throw new InvalidOperationException(
            string.Join('\n', result.Diagnostics.Select(diagnostic => diagnostic.ToString())));
    }

    /// <summary>The keepalived.conf of a node.</summary>
    public string Write(int node, int? priority = null)
    {
        var text = new StringBuilder();
        if (ScriptWeight is { } weight)
        {
            text.Append(CultureInfo.InvariantCulture, $"vrrp_script chk {{\n script \"/bin/true\"\n interval 2\n weight {weight}\n}}\n");
        }

        if (HasSyncGroup)
        {
            text.Append("vrrp_sync_group VG_1 {\n group {\n  VI_1\n  VI_2\n }\n}\n");
        }

        for (int i = 0; i < InstanceCount; i++)
        {
            WriteInstance(text, node, i, priority ?? Priorities[node]);
        }

        text.Append(CultureInfo.InvariantCulture, $"virtual_server {Vip} 80 {{\n delay_loop 3\n lb_algo rr\n lb_kind DR\n protocol TCP\n");
        for (int i = NodesServe ? 0 : NodeCount; i < NodeCount + OtherServers; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" real_server {AddressOf(0, i)} 80 {{\n  TCP_CHECK {{\n   connect_timeout 2\n   retry 1\n   delay_before_retry 1\n  }}\n }}\n");
        }

        return text.Append("}\n").ToString();
    }

    private void WriteInstance(StringBuilder text, int node, int instance, int priority)
    {
        text.Append(CultureInfo.InvariantCulture, $"vrrp_instance VI_{instance + 1} {{\n state BACKUP\n interface {InterfaceOf(instance)}\n");
        text.Append(CultureInfo.InvariantCulture, $" virtual_router_id {51 + instance}\n priority {priority}\n advert_int {AdvertSeconds}\n");
        text.Append(Nopreempt ? " nopreempt\n" : "");
        text.Append(node == CautiousNode ? $" #pointsman: split_brain {Caution}\n" : "");
        text.Append(" authentication {\n  auth_type PASS\n  auth_pass 1111\n }\n");
        text.Append(CultureInfo.InvariantCulture, $" virtual_ipaddress {{\n  {VipOf(instance)}\n }}\n");
        text.Append(ScriptWeight is null ? "" : " track_script {\n  chk\n }\n");
        text.Append("}\n");
    }
}
