using System.Text.Json.Serialization;

namespace Pointsman.Lab.Topology;

/// <summary>What a lab machine can run. The order is the order of starting: the director finds its servers running.</summary>
public enum LabService
{
    [JsonStringEnumMemberName("postgres")]
    Postgres,

    [JsonStringEnumMemberName("nginx")]
    Nginx,

    /// <summary>The virtual IPs on <c>lo</c>, silent in ARP; not a process.</summary>
    [JsonStringEnumMemberName("realserver")]
    RealServer,

    [JsonStringEnumMemberName("director")]
    Director,
}
