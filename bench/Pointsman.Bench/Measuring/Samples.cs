namespace Pointsman.Bench.Measuring;

/// <summary>Repeated measurements of one thing. The median stands for it: neighbours on the machine only ever add.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    internal IReadOnlyList<double> Values => _values;

    internal double Median
    {
        get
        {
            double[] sorted = [.. _values.Order()];
            int middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    internal double Worst => _values.Max();

    /// <summary>What so large a part of them does not exceed.</summary>
    internal double Quantile(double part)
    {
        double[] sorted = [.. _values.Order()];
        return sorted[Math.Min(sorted.Length - 1, (int)(part * sorted.Length))];
    }

    internal void Add(double value) => _values.Add(value);
}
