namespace Pointsman.Health;

/// <summary>How a check goes on after an outcome.</summary>
/// <param name="Delay">To the next probe.</param>
/// <param name="Verdict">The check turned: up, or down. Null: it did not.</param>
/// <param name="Attempts">Probes the verdict rests on.</param>
internal readonly record struct CheckStep(TimeSpan Delay, bool? Verdict = null, int Attempts = 1);
