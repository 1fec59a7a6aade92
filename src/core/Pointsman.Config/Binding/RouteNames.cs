using System.Collections.Frozen;

namespace Pointsman.Config.Binding;

/// <summary>The names of the kernel's own numbers, as <c>ip route</c> and <c>ip rule</c> know them.</summary>
internal static class RouteNames
{
    public static FrozenDictionary<string, uint> Tables { get; } = Names(("default", 253), ("main", 254), ("local", 255));

    public static FrozenDictionary<string, uint> Scopes { get; } =
        Names(("global", 0), ("universe", 0), ("site", 200), ("link", 253), ("host", 254), ("nowhere", 255));

    public static FrozenDictionary<string, uint> Protocols { get; } = Names(
        ("redirect", 1), ("kernel", 2), ("boot", 3), ("static", 4), ("gated", 8), ("ra", 9), ("mrt", 10), ("zebra", 11), ("bird", 12),
        ("dnrouted", 13), ("xorp", 14), ("ntk", 15), ("dhcp", 16), ("keepalived", 18), ("babel", 42), ("openr", 99), ("bgp", 186),
        ("isis", 187), ("ospf", 188), ("rip", 189), ("eigrp", 192));

    public static FrozenDictionary<string, uint> Preferences { get; } = Names(("medium", 0), ("high", 1), ("low", 3));

    public static FrozenDictionary<string, uint> IpProtocols { get; } =
        Names(("icmp", 1), ("tcp", 6), ("udp", 17), ("gre", 47), ("esp", 50), ("ah", 51), ("ipv6-icmp", 58), ("sctp", 132));

    public static FrozenDictionary<string, uint> Nothing { get; } = Names();

    private static FrozenDictionary<string, uint> Names(params (string Name, uint Number)[] names) =>
        names.ToFrozenDictionary(name => name.Name, name => name.Number, StringComparer.Ordinal);
}
