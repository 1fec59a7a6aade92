namespace Pointsman.Balance.Schedulers;

/// <summary>
/// The levels of wrr's rounds: from <see cref="Top"/> down by <see cref="Step"/>, as long as they are above zero; then
/// from the top again.
/// </summary>
/// <param name="Divisor">The greatest common divisor of the weights above zero; 0: there is none.</param>
/// <param name="Largest">The largest weight.</param>
internal readonly record struct WrrLevels(int Divisor, int Largest)
{
    internal int Step => Divisor == 0 ? 1 : Divisor;

    /// <summary>The lowest level that only the largest weight reaches; 0: no server has a weight.</summary>
    internal int Top => Divisor == 0 ? 0 : Largest - (Divisor - 1);

    internal static WrrLevels Of(IEnumerable<int> weights)
    {
        var levels = default(WrrLevels);
        foreach (int weight in weights.Where(weight => weight > 0))
        {
            levels = new WrrLevels(GreatestCommonDivisor(weight, levels.Divisor), Math.Max(weight, levels.Largest));
        }

        return levels;
    }

    internal int Below(int level) => level - Step > 0 ? level - Step : Top;

    /// <summary>
    /// Where a walk goes on that was at <paramref name="level"/> of other weights (0: it had none): IPVS keeps the level
    /// where it can.
    /// </summary>
    internal int Resume(int level)
    {
        if (level == 0 || level > Top)
        {
            return Top;
        }

        return Step > 1 ? (level / Step * Step) + 1 : level;
    }

    private static int GreatestCommonDivisor(int left, int right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return left;
    }
}
