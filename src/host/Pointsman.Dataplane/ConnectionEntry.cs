using Pointsman.Base;

namespace Pointsman.Dataplane;

/// <summary>One remembered connection, or the template that binds a client to a server.</summary>
/// <param name="Client">Of a template: the client's network, port 0.</param>
/// <param name="State">As IPVS names it: ESTABLISHED, FIN_WAIT...; of a template NONE or ASSURED.</param>
public sealed record ConnectionEntry(
    TransportProtocol Protocol,
    TransportEndpoint Client,
    TransportEndpoint Virtual,
    TransportEndpoint Server,
    string State,
    TimeSpan ExpiresIn,
    bool IsTemplate);
