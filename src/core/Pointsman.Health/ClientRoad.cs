using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>The way of a client's packets, for a check: to the virtual address, by just this real server.</summary>
/// <param name="Virtual">The address and port that clients type.</param>
public sealed record ClientRoad(TransportEndpoint Virtual)
{
    /// <summary>The address of this node that the check comes from; null: the system's choice.</summary>
    public IpAddress? Source { get; init; }

    /// <summary>The real server is this very node.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Packets go to the server within others.</summary>
    public bool IsTunnel { get; init; }

    /// <summary>The server is to keep silent when it is asked by ARP, or as a neighbour, for the virtual address.</summary>
    public bool WantsSilence { get; init; }
}
