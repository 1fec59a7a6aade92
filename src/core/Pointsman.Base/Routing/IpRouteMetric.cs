using System.Collections.Immutable;
using System.Globalization;

namespace Pointsman.Base.Routing;

/// <summary>A number that connections by a route go by.</summary>
/// <param name="Number">The kernel's number of it (RTAX_*).</param>
/// <param name="IsLocked">The host does not change it by what it learns.</param>
public sealed record IpRouteMetric(int Number, uint Value, bool IsLocked = false)
{
    /// <summary>RTAX_FEATURES, of which <c>ecn</c> is the one in use.</summary>
    public const int Features = 12;

    public const uint EcnFeature = 1;

    /// <summary>By the words of <c>ip route</c>; the numbers are RTAX_*.</summary>
    public static ImmutableArray<(string Word, int Number)> Words { get; } =
    [
        ("mtu", 2), ("window", 3), ("rtt", 4), ("rttvar", 5), ("ssthresh", 6), ("cwnd", 7), ("advmss", 8), ("reordering", 9),
        ("hoplimit", 10), ("initcwnd", 11), ("rto_min", 13), ("initrwnd", 14), ("quickack", 15), ("fastopen_no_cookie", 17),
    ];

    public override string ToString() => Number == Features
        ? "features ecn"
        : string.Create(
            CultureInfo.InvariantCulture, $"{Words.First(word => word.Number == Number).Word} {(IsLocked ? "lock " : "")}{Value}");
}
