namespace Pointsman.Health;

/// <summary>Names one probe, so that its outcome finds its check, and an outcome that comes too late finds nobody.</summary>
/// <param name="Check">The check's number within its <see cref="HealthMonitor"/>, from 0.</param>
/// <param name="Generation">Grows when a reload replaces the checks.</param>
public readonly record struct ProbeId(int Check, uint Attempt, uint Generation = 0);
