using System.Collections.Immutable;
using Pointsman.Balance;

namespace Pointsman.Dataplane;

/// <summary>What the data path's tables say now.</summary>
/// <param name="Services">Ordered by key.</param>
/// <param name="Verdicts">
/// Frames since the tables were made, by what became of them; the names are those of bpf/verdict.h in small letters.
/// </param>
/// <param name="Connections">Remembered now.</param>
/// <param name="Capacity">The most that can be.</param>
public sealed record DataplaneSnapshot(
    ImmutableArray<ServiceSnapshot> Services,
    ImmutableDictionary<string, long> Verdicts,
    int Connections,
    int Capacity)
{
    /// <summary>The peer directors of the last plan.</summary>
    public ImmutableArray<PeerDirector> Peers { get; init; } = [];
}
