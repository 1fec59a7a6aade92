using System.Collections.Immutable;
using Pointsman.Balance;

namespace Pointsman.Dataplane.NextHops;

/// <summary>What the header of a tunnel's packets says that they are.</summary>
/// <param name="IsV6">Of that header, not of what is within.</param>
/// <param name="Number">As IANA numbers protocols.</param>
public readonly record struct OuterProtocol(bool IsV6, byte Number)
{
    private const byte Ipv4 = 4;
    private const byte Udp = 17;
    private const byte Ipv6 = 41;
    private const byte Gre = 47;

    /// <summary>Of all packets that this plan has the data path send by tunnels.</summary>
    public static ImmutableHashSet<OuterProtocol> In(ForwardingPlan plan) =>
    [
        .. from service in plan.Services
           from server in service.Servers
           where server.Tunnel is not null
           select new OuterProtocol(!server.Address.Address.IsV4, Of(server.Tunnel.GetValueOrDefault().Kind, !service.Key.Address.Address.IsV4)),
    ];

    private static byte Of(TunnelKind kind, bool isInnerV6) => kind switch
    {
        TunnelKind.Gue => Udp,
        TunnelKind.Gre => Gre,
        _ => isInnerV6 ? Ipv6 : Ipv4,
    };
}
