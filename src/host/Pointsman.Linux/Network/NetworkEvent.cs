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
    /// <param name="RemovedProtocol">Who had set the one that was removed; null: none was.</param>
    public sealed record RoutesChanged(byte? RemovedProtocol = null) : NetworkEvent;

    /// <summary>Some rule of routing was removed.</summary>
    public sealed record RuleRemoved : NetworkEvent;

    /// <summary>Messages were lost (ENOBUFS): read everything anew.</summary>
    public sealed record Resync : NetworkEvent;
}
