using Pointsman.Base;

namespace Pointsman.Dataplane;

/// <summary>One remembered connection, or the template that binds a client to a server.</summary>
/// <param name="Client">Of a template: the client's network, port 0.</param>
/// <param name="State">As IPVS names it: ESTABLISHED, FIN_WAIT...; of a template NONE or ASSURED.</param>
public sealed record ConnectionEntry(ConnectionEnds Ends, TransportEndpoint Client, string State, TimeSpan ExpiresIn, bool IsTemplate)
{
    public ConnectionEntry(
        TransportProtocol protocol,
        TransportEndpoint client,
        TransportEndpoint virtualEnd,
        TransportEndpoint server,
        string state,
        TimeSpan expiresIn,
        bool isTemplate)
        : this(new ConnectionEnds(protocol, virtualEnd, server), client, state, expiresIn, isTemplate)
    {
    }

    /// <summary>Of a template of the persistence engine sip: which call it is of.</summary>
    public string? CallId { get; init; }

    public TransportProtocol Protocol => Ends.Protocol;

    public TransportEndpoint Virtual => Ends.Virtual;

    public TransportEndpoint Server => Ends.Server;
}
