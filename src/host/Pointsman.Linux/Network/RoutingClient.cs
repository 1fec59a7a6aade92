using System.Runtime.InteropServices;
using Pointsman.Base;
using Pointsman.Base.Routing;
using Pointsman.Linux.Netlink;

namespace Pointsman.Linux.Network;

/// <summary>
/// Sets and removes routes and rules of routing. It works in the network namespace of the thread that made it; one thread at
/// a time may use it.
/// </summary>
public sealed class RoutingClient : IDisposable
{
    private const int RequestSizeBytes = 8192;
    private const int NextHopHeaderBytes = 8;

    private readonly NetlinkSocket _socket = new(RtNetlink.NETLINK_ROUTE, groups: 0);

    /// <param name="indexOf">The index of an interface; zero: there is none.</param>
    /// <returns>False when it is there already.</returns>
    public bool TryAdd(IpRoute route, Func<string, int> indexOf)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes],
            RtNetlink.RTM_NEWROUTE,
            (ushort)(RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK | RtNetlink.NLM_F_CREATE | FlagOf(route.Place)));
        Write(ref request, route, indexOf);
        return Ask(ref request, "RTM_NEWROUTE", route, Errno.Exists);
    }

    /// <returns>False when it is not there (or its interface is gone).</returns>
    public bool TryDelete(IpRoute route, Func<string, int> indexOf)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes], RtNetlink.RTM_DELROUTE, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK);
        try
        {
            Write(ref request, route, indexOf);
        }
        catch (ErrnoException gone) when (gone.Errno == Errno.NoDevice)
        {
            return false;
        }

        return Ask(ref request, "RTM_DELROUTE", route, Errno.NoProcess, Errno.NoDevice, Errno.NoEntry);
    }

    /// <returns>False when it is there already.</returns>
    public bool TryAdd(IpRule rule)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes],
            RtNetlink.RTM_NEWRULE,
            RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK | RtNetlink.NLM_F_CREATE | RtNetlink.NLM_F_EXCL);
        Write(ref request, rule);
        return Ask(ref request, "RTM_NEWRULE", rule, Errno.Exists);
    }

    /// <returns>False when it is not there.</returns>
    public bool TryDelete(IpRule rule)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes], RtNetlink.RTM_DELRULE, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK);
        Write(ref request, rule);
        return Ask(ref request, "RTM_DELRULE", rule, Errno.NoEntry);
    }

    public void Dispose() => _socket.Dispose();

    private bool Ask(ref NetlinkRequest request, string operation, object what, params ReadOnlySpan<int> expected)
    {
        int errno = _socket.Ask(ref request, out string? detail);
        return errno == 0
            || (expected.Contains(errno) ? false : throw new ErrnoException($"{operation} {what}", errno, detail));
    }

    private static ushort FlagOf(IpRoutePlace place) => place switch
    {
        IpRoutePlace.Alone => RtNetlink.NLM_F_EXCL,
        IpRoutePlace.Last => RtNetlink.NLM_F_APPEND,
        _ => 0,
    };

    private static void Write(ref NetlinkRequest request, IpRoute route, Func<string, int> indexOf)
    {
        request.FixedPart(new RouteMessages.RouteHeader
        {
            Family = Family(route.Family),
            TargetLength = (byte)route.Target.Length,
            Tos = route.Tos,
            Table = route.Table <= byte.MaxValue ? (byte)route.Table : (byte)0,
            Protocol = route.Protocol,
            Scope = route.Scope ?? ScopeOf(route),
            Type = (byte)route.Kind,
            Flags = route.OnLink && route.Hops.IsEmpty ? RtNetlink.RTNH_F_ONLINK : 0,
        });
        request.Attribute(RtNetlink.RTA_TABLE, route.Table);
        if (route.Target.Length > 0)
        {
            request.Attribute(RtNetlink.RTA_DST, route.Target.Address);
        }

        WriteGateway(ref request, route.Family, route.Via);
        if (route.Device is { } device)
        {
            request.Attribute(RtNetlink.RTA_OIF, (uint)IndexOf(device, indexOf));
        }

        if (route.Source is { } source)
        {
            request.Attribute(RtNetlink.RTA_PREFSRC, source);
        }

        WriteNumber(ref request, RtNetlink.RTA_PRIORITY, route.Metric);
        WriteNumber(ref request, RtNetlink.RTA_FLOW, route.Realms);
        WriteNumber(ref request, RtNetlink.RTA_EXPIRES, route.Expires);
        if (route.Preference is { } preference)
        {
            request.Attribute(RtNetlink.RTA_PREF, [preference]);
        }

        WriteMetrics(ref request, route);
        WriteHops(ref request, route, indexOf);
    }

    // As ip route: what has no router is on the link, and the host's own is the host's.
    private static byte ScopeOf(IpRoute route) => route.Family == IpFamily.V6 ? (byte)AddressScope.Global : route.Kind switch
    {
        IpRouteKind.Local => (byte)AddressScope.Host,
        IpRouteKind.Broadcast or IpRouteKind.Multicast => (byte)AddressScope.Link,
        IpRouteKind.Unicast when route.Via is null && route.Hops.All(hop => hop.Via is null) => (byte)AddressScope.Link,
        _ => (byte)AddressScope.Global,
    };

    private static void WriteGateway(ref NetlinkRequest request, IpFamily family, IpAddress? via)
    {
        if (via is not { } gateway)
        {
            return;
        }

        if (gateway.Family == family)
        {
            request.Attribute(RtNetlink.RTA_GATEWAY, gateway);
            return;
        }

        // struct rtvia: the family, then the address.
        Span<byte> bytes = stackalloc byte[2 + 16];
        MemoryMarshal.Write(bytes, (ushort)Family(gateway.Family));
        int count = gateway.WriteBytes(bytes[2..]);
        request.Attribute(RtNetlink.RTA_VIA, bytes[..(2 + count)]);
    }

    private static void WriteMetrics(ref NetlinkRequest request, IpRoute route)
    {
        uint locked = route.CongestionControlIsLocked ? 1u << RtNetlink.RTAX_CC_ALGO : 0;
        foreach (IpRouteMetric metric in route.Metrics)
        {
            locked |= metric.IsLocked ? 1u << metric.Number : 0;
        }

        if (route.Metrics.IsEmpty && route.CongestionControl is null)
        {
            return;
        }

        int nest = request.BeginNest(RtNetlink.RTA_METRICS);
        WriteNumber(ref request, RtNetlink.RTAX_LOCK, locked == 0 ? null : locked);
        foreach (IpRouteMetric metric in route.Metrics)
        {
            request.Attribute((ushort)metric.Number, metric.Value);
        }

        if (route.CongestionControl is { } name)
        {
            request.Attribute(RtNetlink.RTAX_CC_ALGO, name);
        }

        request.EndNest(nest);
    }

    private static void WriteHops(ref NetlinkRequest request, IpRoute route, Func<string, int> indexOf)
    {
        if (route.Hops.IsEmpty)
        {
            return;
        }

        int nest = request.BeginNest(RtNetlink.RTA_MULTIPATH);
        foreach (IpRouteHop hop in route.Hops)
        {
            // struct rtnexthop: length, flags, weight less one, interface; then attributes.
            int start = request.BeginBytes(NextHopHeaderBytes);
            WriteGateway(ref request, route.Family, hop.Via);
            WriteNumber(ref request, RtNetlink.RTA_FLOW, hop.Realms);
            Span<byte> header = request.EndBytes(start);
            header[2] = hop.OnLink || route.OnLink ? (byte)RtNetlink.RTNH_F_ONLINK : (byte)0;
            header[3] = (byte)(hop.Weight - 1);
            MemoryMarshal.Write(header[4..], hop.Device is { } device ? IndexOf(device, indexOf) : 0);
        }

        request.EndNest(nest);
    }

    private static void Write(ref NetlinkRequest request, IpRule rule)
    {
        request.FixedPart(new RouteMessages.RuleHeader
        {
            Family = Family(rule.Family),
            TargetLength = (byte)(rule.To?.Length ?? 0),
            SourceLength = (byte)(rule.From?.Length ?? 0),
            Tos = rule.Tos,
            Table = rule.Table <= byte.MaxValue ? (byte)rule.Table : (byte)0,
            Action = (byte)rule.Action,
            Flags = rule.IsInverted ? RtNetlink.FIB_RULE_INVERT : 0,
        });
        if (rule.From is { Length: > 0 } from)
        {
            request.Attribute(RtNetlink.FRA_SRC, from.Address);
        }

        if (rule.To is { Length: > 0 } to)
        {
            request.Attribute(RtNetlink.FRA_DST, to.Address);
        }

        WriteName(ref request, RtNetlink.FRA_IIFNAME, rule.Incoming);
        WriteName(ref request, RtNetlink.FRA_OIFNAME, rule.Outgoing);
        request.Attribute(RtNetlink.FRA_PRIORITY, rule.Preference);
        request.Attribute(RtNetlink.FRA_PROTOCOL, [rule.Protocol]);
        WriteNumber(ref request, RtNetlink.FRA_TABLE, rule.Action == IpRuleAction.Table && !rule.UsesVrf ? rule.Table : null);
        WriteNumber(ref request, RtNetlink.FRA_GOTO, rule.Action == IpRuleAction.Goto ? rule.Goto : null);
        WriteNumber(ref request, RtNetlink.FRA_FWMARK, rule.Mark);
        WriteNumber(ref request, RtNetlink.FRA_FWMASK, rule.MarkMask);
        WriteNumber(ref request, RtNetlink.FRA_FLOW, rule.Realms);
        WriteNumber(ref request, RtNetlink.FRA_SUPPRESS_PREFIXLEN, rule.SuppressPrefixLength);
        WriteNumber(ref request, RtNetlink.FRA_SUPPRESS_IFGROUP, rule.SuppressGroup);
        if (rule.TunnelId is { } tunnel)
        {
            Span<byte> bytes = stackalloc byte[sizeof(ulong)];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, tunnel);
            request.Attribute(RtNetlink.FRA_TUN_ID, bytes);
        }

        if (rule.UsesVrf)
        {
            request.Attribute(RtNetlink.FRA_L3MDEV, [1]);
        }

        if (rule.IpProtocol is { } protocol)
        {
            request.Attribute(RtNetlink.FRA_IP_PROTO, [protocol]);
        }

        if (rule.FirstUser is { } user)
        {
            WriteRange(ref request, RtNetlink.FRA_UID_RANGE, user, rule.LastUser);
        }

        WriteRange(ref request, RtNetlink.FRA_SPORT_RANGE, rule.SourcePort, rule.SourcePortLast);
        WriteRange(ref request, RtNetlink.FRA_DPORT_RANGE, rule.TargetPort, rule.TargetPortLast);
    }

    private static void WriteRange<T>(ref NetlinkRequest request, ushort type, T? first, T last)
        where T : unmanaged
    {
        if (first is { } begin)
        {
            Span<T> range = [begin, last];
            request.Attribute(type, MemoryMarshal.AsBytes(range));
        }
    }

    private static void WriteName(ref NetlinkRequest request, ushort type, string? name)
    {
        if (name is not null)
        {
            request.Attribute(type, name);
        }
    }

    private static void WriteNumber(ref NetlinkRequest request, ushort type, uint? number)
    {
        if (number is { } value)
        {
            request.Attribute(type, value);
        }
    }

    private static int IndexOf(string device, Func<string, int> indexOf) =>
        indexOf(device) is > 0 and int index ? index : throw new ErrnoException($"no interface {device}", Errno.NoDevice);

    private static byte Family(IpFamily family) => (byte)(family == IpFamily.V4 ? LibCSocket.AF_INET : LibCSocket.AF_INET6);
}
