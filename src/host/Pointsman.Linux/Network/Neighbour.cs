using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>A neighbour: an address on a link and the hardware address that answers for it.</summary>
public sealed record Neighbour(int InterfaceIndex, IpAddress Address, MacAddress? Mac, NeighbourState State)
{
    private const NeighbourState Valid = NeighbourState.Reachable | NeighbourState.Stale | NeighbourState.Delay
        | NeighbourState.Probe | NeighbourState.NoArp | NeighbourState.Permanent;

    /// <summary>The hardware address may be used (the kernel's NUD_VALID).</summary>
    public bool IsValid => Mac is not null && (State & Valid) != 0;
}
