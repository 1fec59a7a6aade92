namespace Pointsman.Health;

/// <summary>Names one probe, so that its outcome finds its check, and an outcome that comes too late finds nobody.</summary>
/// <param name="Check">The check's number, from 0; <see cref="HealthMonitor.Continue"/> keeps it and gives it to no other.</param>
/// <param name="Generation">Differs between monitors that know nothing of each other.</param>
public readonly record struct ProbeId(int Check, uint Attempt, uint Generation = 0);
