namespace Pointsman.Vrrp;

/// <summary>Something an instance's fitness hangs on, by name.</summary>
/// <param name="Weight">
/// 0: its failure is a fault. Above 0: added to the priority while it is up. Below 0: taken from it while it is down. Of a
/// file: what its number is multiplied with; 0: any number but 0 is a fault.
/// </param>
public sealed record VrrpTrack(string Name, int Weight)
{
    /// <summary>The weight works the other way round; with weight 0, being up is the fault.</summary>
    public bool Reverse { get; init; }

    internal int SignedWeight => Reverse ? -Weight : Weight;
}
