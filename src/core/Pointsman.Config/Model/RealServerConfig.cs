using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary><c>real_server IP PORT</c>.</summary>
public sealed record RealServerConfig(TransportEndpoint Address, SourceSpan Source)
{
    /// <summary>0..65535; 0 takes no new connections.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>For its checkers, as it was typed here; each checker has it filled in.</summary>
    public CheckTimes Times { get; init; } = new();

    /// <summary>The host that <c>HTTP_GET</c> asks for; null: the virtual server's.</summary>
    public string? VirtualHost { get; init; }

    public ImmutableArray<CheckerConfig> Checks { get; init; } = [];
}
