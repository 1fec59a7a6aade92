using System.Collections.Immutable;

namespace Pointsman.Control.ByHand;

/// <summary>What became of orders by hand.</summary>
/// <param name="Refusals">One for each order, in their order; empty: it was carried out.</param>
public sealed record HandAnswer(ImmutableArray<string> Refusals);
