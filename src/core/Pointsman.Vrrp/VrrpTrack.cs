namespace Pointsman.Vrrp;

/// <summary>Something an instance's fitness hangs on, by name.</summary>
/// <param name="Weight">
/// 0: its failure is a fault. Above 0: added to the priority while it is up. Below 0: taken from it while it is down.
/// </param>
public sealed record VrrpTrack(string Name, int Weight);
