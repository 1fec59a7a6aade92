using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary><c>virtual_server_group NAME</c>: addresses that share real servers, their checks and their quorum.</summary>
public sealed record VirtualServerGroupConfig(string Name, SourceSpan Source)
{
    /// <summary>As they were typed, a line each.</summary>
    public ImmutableArray<VirtualRangeConfig> Ranges { get; init; } = [];

    /// <summary>All addresses of all lines.</summary>
    /// <param name="family">Of marks without one of their own.</param>
    public IEnumerable<VirtualTarget> Targets(IpFamily family) => Ranges.SelectMany(range => range.Targets(family));
}
