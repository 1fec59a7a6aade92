using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Health;

namespace Pointsman.Engine;

/// <summary>
/// Which probes take the client's road now: those to a virtual address that this node owns, by direct routing or a tunnel, on
/// a way that is known. All others go to the server's own address, and say why.
/// </summary>
internal static class CheckRoads
{
    /// <summary>RFC 9293 §3.7.1: what is taken for granted when nothing is said.</summary>
    private const int LeastSegmentBytes = 536;

    /// <param name="locals">The real servers' addresses that are this node's own.</param>
    internal static DirectorAction.StartProbe Lead(
        HealthAction.StartProbe probe,
        Configuration configuration,
        OwnershipMap ownership,
        ImmutableHashSet<string> masters,
        Func<IpAddress, Reachability> reach,
        HashSet<IpAddress> locals)
    {
        if (probe.Request.Road is not { } road)
        {
            return new DirectorAction.StartProbe(probe);
        }

        VirtualServerConfig service = configuration.VirtualServers[probe.Server.VirtualServer];
        RealServerConfig server = service.RealServers[probe.Server.RealServer];
        if (ownership.OwnerOf(service.Address.Address) is { } owner && !masters.Contains(owner))
        {
            return Plain(probe, $"{owner} is not master here");
        }

        return reach(server.Address.Address) switch
        {
            Reachability.Local => new DirectorAction.StartProbe(With(probe, road with { IsLocal = true })),
            Reachability.Via way when way.OnLink || road.IsTunnel => new DirectorAction.StartProbe(
                With(probe, road with { WantsSilence = way.OnLink && !HasLocalServer(service, locals) }))
            {
                Road = new RoadEntry(service.Key(), server.Address with { Port = service.Address.Port }, way.NextHop)
                {
                    Source = way.Source,
                    SegmentBytes = road.IsTunnel ? SegmentBytes(server, way) : 0,
                },
            },

            // A router would send a packet to the virtual address back here.
            Reachability.Via => Plain(probe, "a router is on the way"),
            _ => Plain(probe, "the way to it is not known"),
        };
    }

    // What is left of the link's packets within the outer and the inner header, and TCP's, each without options.
    private static int SegmentBytes(RealServerConfig server, Reachability.Via way)
    {
        int ip = server.Address.Address.IsV4 ? 20 : 40;
        int shim = server.Kind.IsGue() ? 12
            : server.Kind == LoadBalanceKind.TunGreCsum ? 8
            : server.Kind == LoadBalanceKind.TunGre ? 4
            : 0;
        return Math.Max(way.Mtu - ip - shim - ip - 20, LeastSegmentBytes);
    }

    // Two directors that are real servers too may both be master for a moment, and then the other one answers ARP: that is
    // told as a split brain, and no fault of it as a real server.
    private static bool HasLocalServer(VirtualServerConfig service, HashSet<IpAddress> locals) =>
        locals.Count > 0 && service.RealServers.Any(server => locals.Contains(server.Address.Address));

    private static HealthAction.StartProbe With(HealthAction.StartProbe probe, ClientRoad? road, string? plainBecause = null) =>
        probe with { Request = probe.Request with { Road = road, PlainBecause = plainBecause } };

    private static DirectorAction.StartProbe Plain(HealthAction.StartProbe probe, string because) =>
        new(With(probe, road: null, because));
}
