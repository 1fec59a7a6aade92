using System.Collections.Immutable;

using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary><c>virtual_server IP PORT</c>, or <c>virtual_server group NAME</c>.</summary>
/// <param name="Address">Of a group: its first.</param>
public sealed record VirtualServerConfig(TransportEndpoint Address, SourceSpan Source)
{
    /// <summary>The <c>virtual_server_group</c> it serves; null: one address.</summary>
    public string? Group { get; init; }

    /// <summary>The addresses of <see cref="Group"/>.</summary>
    public ImmutableArray<VirtualTarget> Members { get; init; } = [];

    /// <summary>All that clients ask for and these real servers answer.</summary>
    public ImmutableArray<VirtualTarget> Targets => Group is null ? [new VirtualTarget(Address)] : Members;

    /// <summary>As operators call it: <c>192.168.1.200:80</c>, or <c>group WEB</c>.</summary>
    public string Name => Group is null ? Address.ToString() : $"group {Group}";

    public TimeSpan DelayLoop { get; init; } = TimeSpan.FromSeconds(60);

    public LoadBalanceAlgorithm Algorithm { get; init; } = LoadBalanceAlgorithm.Wlc;

    public SchedulerFlags Flags { get; init; }

    public LoadBalanceKind Kind { get; init; } = LoadBalanceKind.Nat;

    /// <summary>Of GUE: the UDP port of the tunnels.</summary>
    public ushort GuePort { get; init; }

    /// <summary>TCP or UDP; as keepalived does, the reader takes a missing one for UDP.</summary>
    public TransportProtocol Protocol { get; init; } = TransportProtocol.Tcp;

    /// <summary><c>ip_family</c>: which packets with a mark are meant; null: those of the real servers' family.</summary>
    public IpFamily? Family { get; init; }

    /// <summary>Each datagram is scheduled by itself (<c>ops</c>).</summary>
    public bool OnePacket { get; init; }

    /// <summary>Null: no persistence.</summary>
    public TimeSpan? PersistenceTimeout { get; init; }

    /// <summary>Clients that share this many leading bits of their address share a real server.</summary>
    public int PersistencePrefixLength { get; init; } = Address.Address.LengthBits;

    /// <summary>Bits of IPv4 among those that do not count all the same (<see cref="V4Mask"/>).</summary>
    public uint PersistenceGaps { get; init; }

    /// <summary>A client keeps its real server for a call, not for all it does (<c>persistence_engine sip</c>).</summary>
    public bool ByCall { get; init; }

    /// <summary>For all its checkers, as it was typed here; each checker has it filled in.</summary>
    public CheckTimes Times { get; init; } = new();

    /// <summary>The host that <c>HTTP_GET</c> asks for; null: the address that is asked.</summary>
    public string? VirtualHost { get; init; }

    /// <summary>The living weight it needs; not more than its servers have together.</summary>
    public long Quorum { get; init; } = 1;

    /// <summary>How much more, or less, is a change; below <see cref="Quorum"/>.</summary>
    public long Hysteresis { get; init; }

    public NotifyScriptConfig? QuorumUp { get; init; }

    public NotifyScriptConfig? QuorumDown { get; init; }

    /// <summary>On stop the scripts of failure run.</summary>
    public bool Omega { get; init; }

    /// <summary>No checks while the address is elsewhere.</summary>
    public bool HaSuspend { get; init; }

    /// <summary><c>#pointsman: check_road</c>: checks go to the virtual address where that is possible.</summary>
    public bool CheckRoad { get; init; } = true;

    /// <summary><c>#pointsman: check_road_source</c>; null: the system's choice.</summary>
    public IpAddress? CheckRoadSource { get; init; }

    /// <summary><c>#pointsman: conn_reuse_mode</c>, IPVS's bits; null: 1, IPVS's default.</summary>
    public int? ConnReuseMode { get; init; }

    /// <summary><c>#pointsman: expire_nodest_conn</c>.</summary>
    public bool ExpireNodestConn { get; init; }

    /// <summary><c>#pointsman: expire_quiescent_template</c>.</summary>
    public bool ExpireQuiescentTemplate { get; init; }

    /// <summary><c>#pointsman: sloppy</c>: IPVS's sloppy_tcp or sloppy_sctp, by the protocol.</summary>
    public bool Sloppy { get; init; }

    /// <summary><c>#pointsman: full_nat</c>: servers by NAT see clients as these addresses of this node; empty: as themselves.</summary>
    public ImmutableArray<IpAddress> FullNat { get; init; } = [];

    /// <summary>For its real servers, as it was typed here; each has it filled in.</summary>
    public int? Weight { get; init; }

    /// <summary>For its real servers, as it was typed here; each has it filled in.</summary>
    public bool InhibitOnFailure { get; init; }

    /// <summary>Stands in without a quorum; null: nobody does.</summary>
    public TransportEndpoint? SorryServer { get; init; }

    /// <summary>How packets reach it; null: as they reach the real servers.</summary>
    public LoadBalanceKind? SorryServerKind { get; init; }

    /// <summary>Of <see cref="SorryServerKind"/>, if that is by GUE.</summary>
    public ushort SorryServerGuePort { get; init; }

    /// <summary>It keeps its place, with weight 0, while it is not needed.</summary>
    public bool SorryServerInhibit { get; init; }

    /// <summary>Null: <c>smtp_alert_checker</c>, then <c>smtp_alert</c> of <c>global_defs</c>, else off.</summary>
    public bool? SmtpAlert { get; init; }

    public ImmutableArray<RealServerConfig> RealServers { get; init; } = [];

    /// <summary>
    /// The virtual server of one of its addresses, as if it stood alone. A real server without a port has that of the
    /// address, and so has one that packets reach with the port the client typed.
    /// </summary>
    public VirtualServerConfig Single(VirtualTarget target) => Group is null ? this : this with
    {
        Address = target.Address,
        Group = null,
        Members = [],
        PersistencePrefixLength = PersistencePrefixLength == Address.Address.LengthBits
            ? target.Address.Address.LengthBits
            : PersistencePrefixLength,
        RealServers = [.. RealServers.Select(server => server with { Address = PortFor(server.Address, server.Kind, target) })],
        SorryServer = SorryServer is { } sorry ? PortFor(sorry, SorryServerKind ?? Kind, target) : null,
    };

    private static TransportEndpoint PortFor(TransportEndpoint server, LoadBalanceKind kind, VirtualTarget target) =>
        server.Port == 0 || target.Address.Port == 0 || kind != LoadBalanceKind.Nat ? server with { Port = target.Address.Port }
        : server;
}
