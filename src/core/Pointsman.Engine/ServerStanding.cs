namespace Pointsman.Engine;

/// <summary>What the data plane is told of a real server.</summary>
/// <param name="IsInTable">It has a place there; its connections go on whatever its weight.</param>
/// <param name="Weight">0: no new connections.</param>
internal readonly record struct ServerStanding(bool IsInTable, int Weight);
