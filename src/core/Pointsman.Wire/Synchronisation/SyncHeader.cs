namespace Pointsman.Wire.Synchronisation;

/// <summary>What is known of a message beside its entries.</summary>
/// <param name="Version">0 or 1.</param>
/// <param name="SyncId">Which of several groups of directors on one wire it is for.</param>
/// <param name="Count">How many entries it says it has. A message of version 1 without any moves nothing.</param>
/// <param name="SkippedCount">How many of them have an option that must be understood and is not.</param>
public readonly record struct SyncHeader(int Version, byte SyncId, int Count, int SkippedCount);
