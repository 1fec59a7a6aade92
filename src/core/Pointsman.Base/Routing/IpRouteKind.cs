namespace Pointsman.Base.Routing;

/// <summary>What becomes of packets by a route, numbered as the kernel numbers it (RTN_*).</summary>
public enum IpRouteKind : byte
{
    Unicast = 1,
    Local = 2,
    Broadcast = 3,
    Multicast = 5,
    Blackhole = 6,
    Unreachable = 7,
    Prohibit = 8,
    Throw = 9,
}
