using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>A change the kernel told of. A consumer keeps no state it cannot read anew.</summary>
public abstract record NetworkEvent
{
    private NetworkEvent()
    {
    }

    public sealed record LinkChanged(NetworkLink Link) : NetworkEvent;

    public sealed record LinkRemoved(int InterfaceIndex, string Name) : NetworkEvent;

    public sealed record AddressAdded(InterfaceAddress Address) : NetworkEvent;

    public sealed record AddressRemoved(InterfaceAddress Address) : NetworkEvent;

    public sealed record NeighbourChanged(Neighbour Neighbour) : NetworkEvent;

    public sealed record NeighbourRemoved(Neighbour Neighbour) : NetworkEvent;

    /// <summary>Some route changed: ask again for those that matter.</summary>
    public sealed record RoutesChanged : NetworkEvent;

    /// <summary>Messages were lost (ENOBUFS): read everything anew.</summary>
    public sealed record Resync : NetworkEvent;
}
