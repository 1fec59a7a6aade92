using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Engine;

/// <summary>Joins the configuration, the health of servers and the ways to them into what the data plane must do.</summary>
internal static class PlanBuilder
{
    internal static ForwardingPlan Build(
        Configuration configuration,
        OwnershipMap ownership,
        Func<int, int, ServerStanding> standing,
        Func<int, bool> isRelieved,
        Func<IpAddress, Reachability> reach,
        Func<IpAddress, MacAddress?> onLink,
        ImmutableArray<int> interfaceIndexes)
    {
        var services = ImmutableArray.CreateBuilder<PlannedService>();
        var peers = ImmutableArray.CreateBuilder<PeerDirector>();
        for (int serverIndex = 0; serverIndex < configuration.VirtualServers.Length; serverIndex++)
        {
            VirtualServerConfig virtualServer = configuration.VirtualServers[serverIndex];
            bool hasLocal = false;
            foreach (VirtualTarget target in virtualServer.Targets)
            {
                PlannedService service = Service(
                    virtualServer.Single(target), serverIndex, ownership, standing, isRelieved(serverIndex), reach);
                services.Add(service);
                hasLocal |= service.HasLocalServer;
            }

            if (hasLocal)
            {
                AddPeers(virtualServer, onLink, peers);
            }
        }

        return new ForwardingPlan(services.ToImmutable(), peers.ToImmutable(), interfaceIndexes)
        {
            Addresses = configuration.Global.DeadMansSwitch ? ownership.Addresses : [],
        };
    }

    private static PlannedService Service(
        VirtualServerConfig virtualServer,
        int index,
        OwnershipMap ownership,
        Func<int, int, ServerStanding> standing,
        bool isRelieved,
        Func<IpAddress, Reachability> reach)
    {
        var servers = ImmutableArray.CreateBuilder<PlannedServer>();
        bool hasLocal = false;
        for (int i = 0; i < virtualServer.RealServers.Length; i++)
        {
            RealServerConfig server = virtualServer.RealServers[i];
            Reachability way = reach(server.Address.Address);
            bool isLocal = way is Reachability.Local;
            hasLocal |= isLocal;
            servers.Add(new PlannedServer(
                server.Address,
                Method(server.Kind),
                standing(index, i).Weight,
                IsUp: standing(index, i).IsInTable && !IsLocalByOtherPort(virtualServer, server, way),
                isLocal,
                HopOf(server.Kind, way))
            {
                Tunnel = TunnelOf(server.Kind, server.GuePort, way),
                Mtu = MtuOf(server.Kind, way),
                UpperThreshold = server.UpperThreshold,
                LowerThreshold = server.LowerThreshold,
            });
        }

        if (virtualServer.SorryServer is { } sorry)
        {
            AddSorryServer(sorry, virtualServer, isRelieved, reach(sorry.Address), servers);
        }

        return new PlannedService(
            virtualServer.Key(),
            Scheduler(virtualServer.Algorithm),
            virtualServer.PersistenceTimeout,
            ownership.SlotOf(virtualServer.Address.Address),
            hasLocal,
            servers.ToImmutable())
        {
            PersistencePrefixLength = virtualServer.PersistencePrefixLength,
            PersistenceGaps = virtualServer.PersistenceGaps,
            Flags = Flags(virtualServer),
            Rules = Rules(virtualServer),
            LocalAddresses =
            [
                .. virtualServer.FullNat.Where(local => local.Family == virtualServer.Address.Address.Family)
                    .Select(local => new LocalAddress(local, ownership.SlotOf(local))),
            ],
        };
    }

    // In the same plan as the servers it relieves, so that there is no moment without anybody. A real server may be the
    // sorry server of its own service as well.
    private static void AddSorryServer(
        TransportEndpoint sorry,
        VirtualServerConfig virtualServer,
        bool isRelieving,
        Reachability way,
        ImmutableArray<PlannedServer>.Builder servers)
    {
        LoadBalanceKind kind = virtualServer.SorryServerKind ?? virtualServer.Kind;
        ushort guePort = virtualServer.SorryServerKind is null ? virtualServer.GuePort : virtualServer.SorryServerGuePort;
        var planned = new PlannedServer(
            sorry,
            Method(kind),
            isRelieving ? 1 : 0,
            IsUp: isRelieving || virtualServer.SorryServerInhibit,
            way is Reachability.Local,
            HopOf(kind, way))
        {
            Tunnel = TunnelOf(kind, guePort, way),
            Mtu = MtuOf(kind, way),
        };
        PlannedServer? same = servers.FirstOrDefault(server => server.Address == sorry);
        int twin = same is null ? -1 : servers.IndexOf(same);
        if (twin < 0)
        {
            servers.Add(planned);
        }
        else if (isRelieving)
        {
            servers[twin] = planned;
        }
    }

    private static ForwardingMethod Method(LoadBalanceKind kind) =>
        kind.IsTunnel() ? ForwardingMethod.Tunnel
        : kind == LoadBalanceKind.Nat ? ForwardingMethod.Masquerade : ForwardingMethod.DirectRoute;

    // Without an address of our own towards it there is no outer packet.
    private static NextHop? HopOf(LoadBalanceKind kind, Reachability way) =>
        way is Reachability.Via via && (!kind.IsTunnel() || via.Source is not null) ? via.NextHop : null;

    private static int MtuOf(LoadBalanceKind kind, Reachability way) => !kind.IsTunnel() && way is Reachability.Via via ? via.Mtu : 0;

    private static TunnelEnd? TunnelOf(LoadBalanceKind kind, ushort guePort, Reachability way) =>
        !kind.IsTunnel() ? null : new TunnelEnd(
            TunnelWords.TunnelOf(kind),
            (way as Reachability.Via)?.Source,
            way is Reachability.Via { Source: not null } via ? via.Mtu : 0,
            guePort)
        {
            Checksum = TunnelWords.ChecksumOf(kind),
        };

    /// <summary>
    /// The answers of a server on this node leave it without passing the data path, so its port cannot be translated.
    /// </summary>
    internal static bool IsLocalByOtherPort(VirtualServerConfig owner, RealServerConfig server, Reachability way) =>
        way is Reachability.Local && server.Address.Port != 0
            && owner.Targets.Any(target => target.Address.Port != 0 && server.Address.Port != target.Address.Port);

    // Every other server of a service that this node serves too may be its director now, or believe to be. Adverts
    // alone would not do: when they are lost both nodes are master, and just then the loop must not start.
    private static void AddPeers(
        VirtualServerConfig virtualServer, Func<IpAddress, MacAddress?> onLink, ImmutableArray<PeerDirector>.Builder peers)
    {
        foreach (RealServerConfig server in virtualServer.RealServers)
        {
            // A server behind a router would lend the router's MAC, and all clients come from that one.
            if (onLink(server.Address.Address) is { } mac)
            {
                var peer = new PeerDirector(mac, server.Address.Address);
                if (!peers.Contains(peer))
                {
                    peers.Add(peer);
                }
            }
        }
    }

    private static ServiceFlags Flags(VirtualServerConfig server) =>
        (server.OnePacket ? ServiceFlags.OnePacket : 0)
        | (server.ByCall ? ServiceFlags.Calls : 0)
        | (server.Flags.HasFlag(SchedulerFlags.First) ? ServiceFlags.Fallback : 0)
        | (server.Flags.HasFlag(SchedulerFlags.Second) ? ServiceFlags.Port : 0)
        | (server.Flags.HasFlag(SchedulerFlags.Third) ? ServiceFlags.Third : 0);

    private static ConnectionRules Rules(VirtualServerConfig server) =>
        (server.ConnReuseMode is null ? 0 : ConnectionRules.ReuseChosen)
        | (server.ConnReuseMode is > 0 ? ConnectionRules.ReuseClosed : 0)
        | (server.ConnReuseMode is 2 or 3 ? ConnectionRules.ReuseFinWait : 0)
        | (server.ExpireNodestConn ? ConnectionRules.ExpireNodest : 0)
        | (server.ExpireQuiescentTemplate ? ConnectionRules.ExpireQuiescent : 0)
        | (server.Sloppy ? ConnectionRules.Sloppy : 0);

    private static SchedulerKind Scheduler(LoadBalanceAlgorithm algorithm) => algorithm switch
    {
        LoadBalanceAlgorithm.Rr => SchedulerKind.Rr,
        LoadBalanceAlgorithm.Wrr => SchedulerKind.Wrr,
        LoadBalanceAlgorithm.Lc => SchedulerKind.Lc,
        LoadBalanceAlgorithm.Wlc => SchedulerKind.Wlc,
        LoadBalanceAlgorithm.Sed => SchedulerKind.Sed,
        LoadBalanceAlgorithm.Nq => SchedulerKind.Nq,
        LoadBalanceAlgorithm.Fo => SchedulerKind.Fo,
        LoadBalanceAlgorithm.Ovf => SchedulerKind.Ovf,
        LoadBalanceAlgorithm.Sh => SchedulerKind.Sh,
        LoadBalanceAlgorithm.Dh => SchedulerKind.Dh,
        LoadBalanceAlgorithm.Mh => SchedulerKind.Mh,
        LoadBalanceAlgorithm.Twos => SchedulerKind.Twos,
        LoadBalanceAlgorithm.Lblc => SchedulerKind.Lblc,
        LoadBalanceAlgorithm.Lblcr => SchedulerKind.Lblcr,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
