using Pointsman.Base;

namespace Pointsman.Balance.Connections;

/// <summary>Names a connection of a service: its client's address and port.</summary>
public readonly record struct FlowKey(IpAddress Client, ushort Port)
{
    /// <summary>Where it goes; null where the service says so: it is neither by a mark nor of all ports.</summary>
    public TransportEndpoint? Asked { get; init; }

    /// <summary>Of a service by a mark, which has packets of any; the others have one.</summary>
    public TransportProtocol? Protocol { get; init; }
}
