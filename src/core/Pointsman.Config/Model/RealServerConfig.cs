using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary><c>real_server IP PORT</c>.</summary>
public sealed record RealServerConfig(TransportEndpoint Address, SourceSpan Source)
{
    /// <summary>0..65535; 0 takes no new connections.</summary>
    public int Weight { get; init; } = 1;

    public ImmutableArray<TcpCheckConfig> Checks { get; init; } = [];
}
