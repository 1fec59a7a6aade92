using System.Globalization;

namespace Pointsman.Bench.Measuring;

/// <summary>What a figure has to reach.</summary>
/// <param name="IsUpperBound">True: no more than the limit; false: no less.</param>
internal sealed record Aim(double Limit, bool IsUpperBound)
{
    internal static Aim AtMost(double limit) => new(limit, IsUpperBound: true);

    internal static Aim AtLeast(double limit) => new(limit, IsUpperBound: false);

    internal bool IsMetBy(double value) => IsUpperBound ? value <= Limit : value >= Limit;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsUpperBound ? "<=" : ">=")} {Limit:0.##}");
}
