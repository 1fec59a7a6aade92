using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>The last finished probe of a check.</summary>
/// <param name="At">When the outcome was heard.</param>
/// <param name="Duration">How long the probe took.</param>
public sealed record CheckResult(Instant At, ProbeOutcome Outcome, TimeSpan Duration);
