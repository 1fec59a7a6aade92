using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Base.Routing;

namespace Pointsman.Config.Binding;

/// <summary>What stands behind a route's target.</summary>
internal static class RouteOptions
{
    private static readonly ImmutableDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["encap"] = "packets are not wrapped up by routes: make a tunnel interface, and name it by `dev`",
        ["ttl-propagate"] = "routes of MPLS labels are not set",
        ["vrf"] = "name the VRF's table: `table N`",
    }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <returns>False for a word that is no option.</returns>
    public static bool TryTake(string word, LineWords words, IpRoute route, out IpRoute taken)
    {
        taken = Take(word, words, route)!;
        return taken is not null;
    }

    private static IpRoute? Take(string word, LineWords words, IpRoute route) => word switch
    {
        "via" or "gw" => route with { Via = Router(words) },
        "or" => route with { Via = null, Device = null, Hops = [.. FirstHop(route), new IpRouteHop(words.Address(), null)] },
        "src" or "from" => route with { Source = words.Address() },
        "dev" or "oif" => WithDevice(route, words.Interface()),
        "tos" or "dsfield" => route with { Tos = (byte)words.Number(byte.MaxValue) },
        "table" => route with { Table = words.Named(RouteNames.Tables, "a table") },
        "protocol" => route with { Protocol = (byte)words.Named(RouteNames.Protocols, "a protocol", byte.MaxValue) },
        "scope" => route with { Scope = (byte)words.Named(RouteNames.Scopes, "a scope", byte.MaxValue) },
        "metric" or "priority" or "preference" => route with { Metric = words.Number() },
        "onlink" => route with { OnLink = true },
        "realms" => route with { Realms = Realms(words) },
        "expires" => route with { Expires = words.Number() },
        "pref" => route with { Preference = (byte)words.Named(RouteNames.Preferences, "a preference", 3) },
        "features" => WithFeature(route, words),
        "congctl" => route with { CongestionControlIsLocked = words.TryTake("lock"), CongestionControl = words.Value() },
        "prepend" => route with { Place = IpRoutePlace.First },
        "add" => route with { Place = IpRoutePlace.Alone },
        "append" => route with { Place = IpRoutePlace.Last },
        "nexthop" => route with { Hops = route.Hops.Add(Hop(words)) },
        _ when IpRouteMetric.Words.FirstOrDefault(metric => metric.Word == word) is { Number: > 0 } metric => WithMetric(route, metric, words),
        _ when Refused.TryGetValue(word, out string? why) => Refuse(route, words, why),
        _ => null,
    };

    private static IpAddress Router(LineWords words)
    {
        words.TryTake("inet6");
        return words.Address();
    }

    // An old word of keepalived for a second router; the device may stand before or behind it, and is that of both.
    private static IEnumerable<IpRouteHop> FirstHop(IpRoute route) =>
        route.Hops.IsEmpty ? [new IpRouteHop(route.Via, route.Device)] : route.Hops;

    private static IpRoute WithDevice(IpRoute route, string device) => route.Hops.IsEmpty
        ? route with { Device = device }
        : route with { Hops = [.. route.Hops.Select(hop => hop with { Device = hop.Device ?? device })] };

    private static IpRoute WithFeature(IpRoute route, LineWords words)
    {
        if (words.Value() != "ecn" && !words.HasFailed)
        {
            words.Fail("`ecn`");
        }

        return route with { Metrics = route.Metrics.Add(new IpRouteMetric(IpRouteMetric.Features, IpRouteMetric.EcnFeature)) };
    }

    private static IpRoute WithMetric(IpRoute route, (string Word, int Number) metric, LineWords words)
    {
        bool isLocked = words.TryTake("lock");
        uint value = metric.Word switch
        {
            // iproute2: with a unit, times are kept in parts of a millisecond; without, they are the kernel's own number.
            "rtt" => Time(words, partsOfMs: 8),
            "rttvar" => Time(words, partsOfMs: 4),
            "rto_min" => Time(words, partsOfMs: 1),
            "quickack" or "fastopen_no_cookie" => words.Number(1),
            _ => words.Number(),
        };
        return route with { Metrics = route.Metrics.Add(new IpRouteMetric(metric.Number, value, isLocked)) };
    }

    private static uint Time(LineWords words, uint partsOfMs)
    {
        string text = words.Value();
        (string digits, decimal factor) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], partsOfMs)
            : text.EndsWith('s') ? (text[..^1], 1000m * partsOfMs)
            : (text, 1m);
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || number * factor > uint.MaxValue)
        {
            if (!words.HasFailed)
            {
                words.Fail("a time, such as 200ms");
            }

            return 0;
        }

        return (uint)(number * factor);
    }

    // FROM/TO, or TO alone.
    private static uint Realms(LineWords words)
    {
        string[] parts = words.Value().Split('/');
        uint realms = 0;
        foreach (string part in parts)
        {
            if ((!ushort.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out ushort realm) || parts.Length > 2) && !words.HasFailed)
            {
                words.Fail("a realm's number, or two: FROM/TO");
            }

            realms = (realms << 16) | realm;
        }

        return realms;
    }

    private static IpRouteHop Hop(LineWords words)
    {
        const uint MostWeight = 256;
        var hop = new IpRouteHop(null, null);
        while (!words.HasFailed)
        {
            if (words.TryTake("via") || words.TryTake("gw"))
            {
                hop = hop with { Via = Router(words) };
            }
            else if (words.TryTake("dev"))
            {
                hop = hop with { Device = words.Interface() };
            }
            else if (words.TryTake("weight"))
            {
                hop = hop with { Weight = (int)Math.Max(1, words.Number(MostWeight)) };
            }
            else if (words.TryTake("onlink"))
            {
                hop = hop with { OnLink = true };
            }
            else if (words.TryTake("realms"))
            {
                hop = hop with { Realms = Realms(words) };
            }
            else
            {
                break;
            }
        }

        return hop;
    }

    private static IpRoute Refuse(IpRoute route, LineWords words, string why)
    {
        words.Fail("an option that can be kept", hint: why);
        return route;
    }
}
