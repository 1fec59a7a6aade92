using System.Collections.Immutable;

namespace Pointsman.Balance.Schedulers;

/// <summary>What the next ring of the same service must know to go on where this one was.</summary>
/// <param name="Members">All servers, newest first, whether usable or not.</param>
/// <param name="LastChosen">rr: the server chosen last before this ring took effect; null: none yet.</param>
/// <param name="Levels">wrr: of each place, the level of its round.</param>
internal sealed record RingHistory(ImmutableArray<int> Members, int? LastChosen, ImmutableArray<int> Levels);
