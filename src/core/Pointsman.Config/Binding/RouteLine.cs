using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Base.Routing;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A line of <c>virtual_routes</c> or <c>static_routes</c>, in the language of <c>ip route add</c>.</summary>
internal static class RouteLine
{
    public const string Form = "[TYPE] [to] NETWORK|default [via ROUTER] [dev INTERFACE] [src ADDRESS] [table N] [metric N] [OPTION...] [nexthop via ROUTER ...]";

    private static readonly ImmutableDictionary<string, IpRouteKind> Kinds = Enum.GetValues<IpRouteKind>()
        .ToImmutableDictionary(kind => kind.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public static ImmutableArray<RouteConfig> Take(ImmutableArray<RouteConfig> routes, Statement line, DiagnosticSink sink)
    {
        var words = new LineWords(line, sink);
        var route = new RouteConfig(new IpRoute(), line.HeaderSpan);
        bool hasTarget = false;
        IpFamily? family = null;
        while (words.TryNext())
        {
            string word = words.Current.Text;
            if (word is "inet" or "inet6")
            {
                family = word == "inet" ? IpFamily.V4 : IpFamily.V6;
            }
            else if (word == "nat")
            {
                words.Fail("a kind of route", "the kernel has no such routes since 2.6", "translate by a firewall rule");
            }
            else if (!hasTarget && Kinds.TryGetValue(word, out IpRouteKind kind))
            {
                route = route with { Route = route.Route with { Kind = kind } };
            }
            else if (word is "no_track")
            {
                route = route with { NoTrack = true };
            }
            else if (word is "track_group")
            {
                route = route with { TrackGroup = words.Value() };
            }
            else if (RouteOptions.TryTake(word, words, route.Route, out IpRoute taken))
            {
                route = route with { Route = taken };
            }
            else if (!hasTarget)
            {
                hasTarget = true;
                route = route with { Route = route.Route with { Target = Target(word == "to" ? words.Value() : word, words) } };
            }
            else
            {
                words.Fail("an option of a route");
            }
        }

        return words.HasFailed || !IsWhole(ref route, family, hasTarget, words) ? routes : routes.Add(route);
    }

    private static IpPrefix Target(string text, LineWords words)
    {
        if (text == "default")
        {
            return default;
        }

        if (!IpPrefix.TryParse(text, out IpPrefix prefix) && !words.HasFailed)
        {
            words.Fail("a network, such as 10.1.0.0/16, or `default`");
        }

        return prefix;
    }

    private static bool IsWhole(ref RouteConfig config, IpFamily? said, bool hasTarget, LineWords words)
    {
        IpRoute route = config.Route;
        if (!hasTarget)
        {
            words.Fail($"`{Form}`", "it leads nowhere");
            return false;
        }

        bool isDefault = route.Target == default;
        IpFamily family = said ?? (isDefault ? (route.Via ?? route.Source)?.Family ?? IpFamily.V4 : route.Target.Address.Family);
        if (isDefault)
        {
            route = route with { Target = new IpPrefix(family == IpFamily.V4 ? IpAddress.FromV4Bits(0) : IpAddress.FromV6Bits(0), 0) };
        }

        route = route with { Family = family, Target = WithoutHostBits(route.Target) };
        config = config with { Route = route };
        bool isMixed = route.Target.Address.Family != family || (route.Source is { } source && source.Family != family)
            || (family == IpFamily.V6 && route.Via is { IsV4: true });
        if (isMixed)
        {
            words.Fail("a route of one family", "IPv4 and IPv6 are mixed");
        }
        else if (route.Hops.Length > 0 && route.Via is not null && route.Hops.Any(hop => hop.Via is null && hop.Device is null))
        {
            words.Fail("a `nexthop`", "it leads nowhere");
        }

        return !words.HasFailed;
    }

    // The kernel refuses a network with bits of a host in it.
    private static IpPrefix WithoutHostBits(IpPrefix prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        int count = prefix.Address.WriteBytes(bytes);
        for (int bit = prefix.Length; bit < count * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IpPrefix(IpAddress.FromBytes(bytes[..count]), prefix.Length);
    }
}
