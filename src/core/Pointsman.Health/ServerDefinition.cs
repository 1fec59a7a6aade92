using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>A real server to watch.</summary>
public sealed record ServerDefinition(
    ServerId Id,
    TransportEndpoint Address,
    TransportProtocol Protocol,
    ImmutableArray<CheckDefinition> Checks)
{
    /// <summary>As configured, which checks may move.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The virtual server it belongs to, as logs call it.</summary>
    public string Service { get; init; } = "";

    /// <summary>A check that is the same for another virtual server runs once for both.</summary>
    public bool SharesChecks { get; init; }

    /// <summary>Down before a restart or reload of the daemon: it must succeed once before it is up.</summary>
    public bool WasDown { get; init; }
}
