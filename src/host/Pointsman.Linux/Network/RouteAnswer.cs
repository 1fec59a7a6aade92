using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>Where the kernel would send a packet.</summary>
/// <param name="InterfaceIndex">The interface it leaves by; the loopback interface when <paramref name="IsLocal"/>.</param>
/// <param name="Gateway">Null: the destination is on the link.</param>
/// <param name="Source">The source address the kernel would choose, when it says.</param>
/// <param name="IsLocal">The destination is this machine.</param>
public sealed record RouteAnswer(int InterfaceIndex, IpAddress? Gateway, IpAddress? Source, bool IsLocal)
{
    /// <summary>The most bytes a packet may have, when the route says (<c>mtu</c>), or routers on the way have; null: what the interface takes.</summary>
    public int? Mtu { get; init; }
}
