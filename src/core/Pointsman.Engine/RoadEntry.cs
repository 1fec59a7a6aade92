using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Engine;

/// <summary>A real server as the data path knows it, for a check that takes the client's road.</summary>
public sealed record RoadEntry(ServiceKey Service, TransportEndpoint Server, NextHop Hop);
