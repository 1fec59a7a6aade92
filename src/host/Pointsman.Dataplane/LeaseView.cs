namespace Pointsman.Dataplane;

/// <summary>An ownership lease as the data path reads it.</summary>
/// <param name="IsArmed">Services under it are balanced, and its addresses may be answered for.</param>
/// <param name="Remaining">Until it lapses by itself; zero when it is not held.</param>
/// <param name="Renewals">How often it was written; wraps.</param>
public readonly record struct LeaseView(bool IsArmed, TimeSpan Remaining, bool NeverLapses, uint Renewals);
