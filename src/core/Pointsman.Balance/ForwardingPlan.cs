using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Balance;

/// <summary>
/// What the data plane must do, whole: the plane is reconciled against it, never told differences. A service keeps its
/// servers in the order of the configuration file; IPVS schedulers walk them newest (last) first.
/// </summary>
public sealed record ForwardingPlan(
    ImmutableArray<PlannedService> Services,
    ImmutableArray<PeerDirector> Peers,
    ImmutableArray<int> InterfaceIndexes)
{
    public static ForwardingPlan Empty { get; } = new([], [], []);

    /// <summary>
    /// The addresses that move between nodes, of services or not: the data plane is silent about one while this node does
    /// not own it.
    /// </summary>
    public ImmutableArray<OwnedAddress> Addresses { get; init; } = [];
}

/// <param name="LeaseSlot">The ownership lease that must be held to answer for the address.</param>
public readonly record struct OwnedAddress(IpAddress Address, int LeaseSlot);

/// <param name="LeaseSlot">The ownership lease that must be held to use the address; null: it is always this node's.</param>
public readonly record struct LocalAddress(IpAddress Address, int? LeaseSlot);

/// <summary>
/// Names a virtual service, as <c>ipvsadm -t ADDRESS:PORT</c> does, or <c>-f MARK</c>: then the protocol is not asked for, and is
/// always TCP here.
/// </summary>
public readonly record struct ServiceKey(TransportProtocol Protocol, TransportEndpoint Address)
{
    public bool IsMark => Address.Mark != 0;

    public static ServiceKey Of(TransportProtocol protocol, TransportEndpoint address) =>
        new(address.Mark != 0 ? TransportProtocol.Tcp : protocol, address);

    public override string ToString() => IsMark ? Address.ToString() : $"{Protocol.UpperCaseName()} {Address}";
}

/// <param name="Persistence">Null: none.</param>
/// <param name="LeaseSlot">The ownership lease that must be held for the service to be balanced; null: always.</param>
/// <param name="HasLocalServer">One of the configured real servers, healthy or not, is this very node.</param>
public sealed record PlannedService(
    ServiceKey Key,
    SchedulerKind Scheduler,
    TimeSpan? Persistence,
    int? LeaseSlot,
    bool HasLocalServer,
    ImmutableArray<PlannedServer> Servers)
{
    /// <summary>Clients that share this many leading bits of their address share a real server.</summary>
    public int PersistencePrefixLength { get; init; } = Key.Address.Address.LengthBits;

    /// <summary>Bits of IPv4 among those that do not count all the same (<see cref="V4Mask"/>).</summary>
    public uint PersistenceGaps { get; init; }

    public ServiceFlags Flags { get; init; }

    /// <summary>Full NAT: servers by NAT see clients as one of these. Empty: as themselves.</summary>
    public ImmutableArray<LocalAddress> LocalAddresses { get; init; } = [];

    public ConnectionRules Rules { get; init; }
}

/// <summary>A real server of a service.</summary>
/// <param name="IsUp">Healthy: it is in the table. A server that is down keeps its identity and its connections' counts.</param>
/// <param name="NextHop">How to reach it; null while its neighbour is not resolved, or when it is this node.</param>
public sealed record PlannedServer(
    TransportEndpoint Address,
    ForwardingMethod Method,
    int Weight,
    bool IsUp,
    bool IsLocal,
    NextHop? NextHop)
{
    /// <summary>Of <see cref="ForwardingMethod.Tunnel"/>: how packets to it are wrapped; it has a source if there is a next hop.</summary>
    public TunnelEnd? Tunnel { get; init; }

    /// <summary>The largest packet that the way to it takes, in bytes; 0: not known. By a tunnel that is its end's (<see cref="TunnelEnd.Mtu"/>).</summary>
    public int Mtu { get; init; }

    /// <summary>With so many connections it is overloaded and gets no new ones; 0: no limit.</summary>
    public int UpperThreshold { get; init; }

    /// <summary>An overloaded server gets new connections again below this many; 0: below three quarters of the upper.</summary>
    public int LowerThreshold { get; init; }
}

/// <summary>The Ethernet header towards a server.</summary>
public readonly record struct NextHop(int InterfaceIndex, MacAddress Source, MacAddress Target);

/// <summary>
/// A node that may forward our own virtual service to us. Frames from its MAC are not balanced again unless they come
/// from its own address (then it is an ordinary client).
/// </summary>
public readonly record struct PeerDirector(MacAddress Mac, IpAddress Address);

/// <summary>IPVS forwarding methods, numbered as the kernel numbers them.</summary>
public enum ForwardingMethod
{
    Masquerade = 0,
    Local = 1,
    Tunnel = 2,
    DirectRoute = 3,
}
