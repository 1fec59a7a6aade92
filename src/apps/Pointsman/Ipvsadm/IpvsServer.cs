using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <param name="PersistentConnections">Persistence templates that point at the server.</param>
internal sealed record IpvsServer(
    TransportEndpoint Address,
    ForwardingMethod Method,
    int Weight,
    long Active,
    long Inactive,
    long PersistentConnections,
    IpvsCounters Counters)
{
    /// <summary>Of <see cref="ForwardingMethod.Tunnel"/>.</summary>
    public TunnelKind Tunnel { get; init; }

    public ushort TunnelPort { get; init; }

    public TunnelChecksum TunnelChecksum { get; init; }

    /// <summary>0: no limit.</summary>
    public int UpperThreshold { get; init; }

    public int LowerThreshold { get; init; }
}
