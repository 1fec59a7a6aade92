namespace Pointsman.Wire.Synchronisation;

/// <summary>How TCP sequence numbers of one direction are shifted, by an application helper that changed the length of data.</summary>
/// <param name="Initial">From this number on.</param>
/// <param name="Delta">By so much.</param>
/// <param name="PreviousDelta">Before that number by so much.</param>
public readonly record struct SyncSequence(uint Initial, uint Delta, uint PreviousDelta);
