using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <summary>A line of the connection listing; a persistence template is one with client port 0.</summary>
/// <param name="State">By the name IPVS gives it.</param>
internal sealed record IpvsConnection(
    TransportProtocol Protocol,
    TimeSpan ExpiresIn,
    string State,
    TransportEndpoint Client,
    TransportEndpoint Virtual,
    TransportEndpoint Server)
{
    /// <summary>Of a template of the persistence engine sip: the Call-ID.</summary>
    internal string? CallId { get; init; }
}
