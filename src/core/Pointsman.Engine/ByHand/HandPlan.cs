using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;

namespace Pointsman.Engine.ByHand;

/* Without a daemon there is no configuration to lie over: what is set by hand is set over what the tables say. They are read as a
   configuration, changed as one, and written again; what only a running daemon knows (leases, peers, who failed a check) stays as the
   tables have it. */

/// <summary>Changes by hand of tables that no daemon keeps.</summary>
public static class HandPlan
{
    private static readonly SourceSpan InTheTables = new("the tables", 1, 1, 1);

    /// <summary>What the tables do, as a file would say it.</summary>
    public static Configuration Describe(ForwardingPlan tables) => new()
    {
        VirtualServers = [.. tables.Services.Select(Describe)],
    };

    /// <param name="tables">What they do now.</param>
    /// <param name="wanted">What they are to do: <see cref="Describe"/> with the changes.</param>
    /// <param name="reach">The way to a server that they have no way to.</param>
    public static ForwardingPlan Change(ForwardingPlan tables, Configuration wanted, Func<IpAddress, Reachability> reach)
    {
        Dictionary<ServiceKey, PlannedService> before = tables.Services.ToDictionary(service => service.Key);
        Reachability Way(IpAddress server) => Known(tables, server) ?? reach(server);
        ForwardingPlan fresh = PlanBuilder.Build(
            wanted,
            new OwnershipMap(wanted),
            (v, r) => Standing(wanted.VirtualServers[v], r, before),
            _ => false,
            Way,
            server => Way(server) is Reachability.Via { OnLink: true } way ? way.NextHop.Target : null,
            tables.InterfaceIndexes);
        return tables with
        {
            Services = [.. fresh.Services.Select(service => Owned(service, before, tables.Addresses))],
            Peers = [.. tables.Peers.Union(fresh.Peers)],
        };
    }

    /// <summary>The servers whose ways the tables do not have.</summary>
    public static ImmutableArray<IpAddress> Unknown(ForwardingPlan tables, Configuration wanted) =>
    [
        .. wanted.VirtualServers.SelectMany(service => service.RealServers).Select(server => server.Address.Address)
            .Distinct().Where(server => Known(tables, server) is null),
    ];

    private static PlannedService Owned(
        PlannedService service, Dictionary<ServiceKey, PlannedService> before, ImmutableArray<OwnedAddress> moving)
    {
        if (before.TryGetValue(service.Key, out PlannedService? old))
        {
            return service with { LeaseSlot = old.LeaseSlot, Rules = old.Rules, LocalAddresses = old.LocalAddresses };
        }

        foreach (OwnedAddress address in moving)
        {
            if (address.Address == service.Key.Address.Address)
            {
                return service with { LeaseSlot = address.LeaseSlot };
            }
        }

        return service;
    }

    private static ServerStanding Standing(VirtualServerConfig service, int realServer, Dictionary<ServiceKey, PlannedService> before)
    {
        RealServerConfig server = service.RealServers[realServer];
        PlannedServer? old = before.GetValueOrDefault(service.Key())?.Servers.FirstOrDefault(known => known.Address == server.Address);
        return new ServerStanding(old?.IsUp ?? true, server.Weight);
    }

    // A way by a tunnel has an address of this node's; one without serves no tunnel.
    private static Reachability? Known(ForwardingPlan tables, IpAddress server)
    {
        PlannedServer? known = tables.Services.SelectMany(service => service.Servers)
            .Where(one => one.Address.Address == server && (one.IsLocal || one.NextHop is not null))
            .OrderByDescending(one => one.Tunnel?.Source is not null)
            .FirstOrDefault();
        return known is null ? null
            : known.IsLocal ? new Reachability.Local()
            : new Reachability.Via(known.NextHop!.Value, OnLink: false) { Source = known.Tunnel?.Source, Mtu = known.Tunnel?.Mtu ?? known.Mtu };
    }

    private static VirtualServerConfig Describe(PlannedService service) => new(service.Key.Address, InTheTables)
    {
        Protocol = service.Key.Protocol,
        Algorithm = Enum.Parse<LoadBalanceAlgorithm>(service.Scheduler.ToString()),
        Kind = LoadBalanceKind.Dr,
        Flags = (service.Flags.HasFlag(ServiceFlags.Fallback) ? SchedulerFlags.First : 0)
            | (service.Flags.HasFlag(ServiceFlags.Port) ? SchedulerFlags.Second : 0)
            | (service.Flags.HasFlag(ServiceFlags.Third) ? SchedulerFlags.Third : 0),
        OnePacket = service.Flags.HasFlag(ServiceFlags.OnePacket),
        ByCall = service.Flags.HasFlag(ServiceFlags.Calls),
        PersistenceTimeout = service.Persistence,
        PersistencePrefixLength = service.PersistencePrefixLength,
        PersistenceGaps = service.PersistenceGaps,
        FullNat = [.. service.LocalAddresses.Select(local => local.Address)],
        RealServers =
        [
            .. service.Servers.Select(server => new RealServerConfig(server.Address, InTheTables)
            {
                Kind = KindOf(server),
                GuePort = server.Tunnel is { Kind: TunnelKind.Gue } tunnel ? tunnel.Port : (ushort)0,
                Weight = server.Weight,
                UpperThreshold = server.UpperThreshold,
                LowerThreshold = server.LowerThreshold,
            }),
        ],
    };

    private static LoadBalanceKind KindOf(PlannedServer server) => server.Method switch
    {
        ForwardingMethod.Masquerade => LoadBalanceKind.Nat,
        ForwardingMethod.Tunnel => TunnelWords.KindOf(server.Tunnel?.Kind ?? TunnelKind.Ipip, server.Tunnel?.Checksum ?? TunnelChecksum.None),
        _ => LoadBalanceKind.Dr,
    };
}
