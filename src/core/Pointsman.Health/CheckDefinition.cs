using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>One check: where it goes and how it is timed.</summary>
/// <param name="Target"><c>connect_ip</c> and <c>connect_port</c>, which default to the real server's own.</param>
public sealed record CheckDefinition(TransportEndpoint Target, CheckSettings Settings)
{
    /// <summary><c>bindto</c>; null lets the kernel choose.</summary>
    public IpAddress? Bind { get; init; }
}
