using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Engine;

/// <summary>A real server as the data path knows it, for a check that takes the client's road.</summary>
public sealed record RoadEntry(ServiceKey Service, TransportEndpoint Server, NextHop Hop)
{
    /// <summary>This node's address towards the server; null: the kernel did not say.</summary>
    public IpAddress? Source { get; init; }

    /// <summary>The most bytes of data in one TCP segment, for those that go within other packets; 0: as the kernel likes.</summary>
    public int SegmentBytes { get; init; }
}
