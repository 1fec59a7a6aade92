using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Dataplane;

/// <param name="IsUp">False: the health checks took it out; IPVS would not list it.</param>
/// <param name="Active">Connections in ESTABLISHED, SYN_SENT or SYN_RECV.</param>
/// <param name="Inactive">All others that are remembered.</param>
public sealed record ServerSnapshot(
    TransportEndpoint Address,
    ForwardingMethod Method,
    int Weight,
    bool IsUp,
    int Active,
    int Inactive,
    int PersistentConnections,
    Counters Counters)
{
    /// <summary>Of <see cref="ForwardingMethod.Tunnel"/>.</summary>
    public TunnelKind Tunnel { get; init; }

    /// <summary>Of GUE.</summary>
    public ushort TunnelPort { get; init; }

    public TunnelChecksum TunnelChecksum { get; init; }

    /// <summary>0: no limit.</summary>
    public int UpperThreshold { get; init; }

    /// <summary>0: three quarters of the upper one.</summary>
    public int LowerThreshold { get; init; }
}
