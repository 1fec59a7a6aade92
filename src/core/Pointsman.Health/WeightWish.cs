namespace Pointsman.Health;

/// <summary>How one check wants to change its server's weight; keepalived adds up what several of them want.</summary>
/// <param name="Weight">The weight it names; null: none.</param>
/// <param name="Change">What it adds, where it names none.</param>
internal readonly record struct WeightWish(int? Weight, int Change)
{
    internal long ChangeOf(int configured) => Weight is { } named ? named - configured : Change;
}
