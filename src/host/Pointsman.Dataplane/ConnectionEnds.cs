using Pointsman.Base;

namespace Pointsman.Dataplane;

/// <summary>What all connections of a service with one of its servers have in common.</summary>
public sealed record ConnectionEnds(TransportProtocol Protocol, TransportEndpoint Virtual, TransportEndpoint Server)
{
    /// <summary>Of the service, if that is known by one; zero: it is not.</summary>
    public uint Mark { get; init; }
}
