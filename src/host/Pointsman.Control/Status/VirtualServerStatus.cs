using System.Collections.Immutable;

namespace Pointsman.Control.Status;

/// <summary>One <c>virtual_server</c>.</summary>
public sealed record VirtualServerStatus
{
    /// <summary>Address and port; of a group <c>group NAME</c>.</summary>
    public string Address { get; init; } = "";

    /// <summary>The <c>virtual_server_group</c>; null: it is one address.</summary>
    public string? Group { get; init; }

    /// <summary>What clients ask for: one, or all of the group.</summary>
    public ImmutableArray<VirtualAddressStatus> Addresses { get; init; } = [];

    /// <summary>TCP, UDP or SCTP.</summary>
    public string Protocol { get; init; } = "TCP";

    /// <summary><c>lb_algo</c>.</summary>
    public string Scheduler { get; init; } = "";

    /// <summary><c>lb_kind</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Null: no persistence.</summary>
    public double? PersistenceTimeout { get; init; }

    /// <summary><c>persistence_engine</c>; null: clients are known by their address.</summary>
    public string? PersistenceEngine { get; init; }

    /// <summary>Each datagram is balanced by itself (<c>ops</c>).</summary>
    public bool OnePacket { get; init; }

    /// <summary>Addresses of this node as which its servers by NAT see their clients (<c>full_nat</c>); empty: as themselves.</summary>
    public ImmutableArray<string> FullNat { get; init; } = [];

    /// <summary>Packets to it, of a group to one of its addresses at least, are balanced by this node now.</summary>
    public bool Armed { get; init; }

    /// <summary>Why it is armed, or why not.</summary>
    public string Why { get; init; } = "";

    /// <summary>Stands in, its quorum being lost; null: nobody does.</summary>
    public string? SorryServer { get; init; }

    /// <summary>Of a group the sums over its addresses. Null: not measured yet.</summary>
    public RateStatus? Rates { get; init; }

    public ImmutableArray<RealServerStatus> RealServers { get; init; } = [];
}
