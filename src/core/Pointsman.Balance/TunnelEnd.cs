using Pointsman.Base;

namespace Pointsman.Balance;

/// <summary>This node's end of the tunnel to a real server.</summary>
/// <param name="Kind">As it was set, whether there is a way to the server or not.</param>
/// <param name="Source">The address it sends from; of the family of the server's. Null: there is no way, or the server is this node.</param>
/// <param name="Mtu">The largest packet the link to the server takes, in bytes; the outer header counts. 0 without a way.</param>
/// <param name="Port">Of GUE: the UDP port it is heard at.</param>
public readonly record struct TunnelEnd(TunnelKind Kind, IpAddress? Source, int Mtu, ushort Port = 0)
{
    /// <summary>Of GUE and GRE.</summary>
    public TunnelChecksum Checksum { get; init; }
}
