using System.Globalization;

namespace Pointsman.Linux.Bpf;

/// <summary>How many values an element of a per-CPU map has: one for each CPU that could ever be there.</summary>
public static class PossibleCpus
{
    /// <summary>Counted once: it cannot change while the machine runs.</summary>
    public static int Count { get; } = Parse(File.ReadAllText("/sys/devices/system/cpu/possible"));

    /// <summary>A list as the kernel writes it: <c>0-3</c>, <c>0,2-5</c>.</summary>
    public static int Parse(string ranges)
    {
        int count = 0;
        foreach (string range in ranges.Trim().Split(','))
        {
            string[] ends = range.Split('-');
            int first = int.Parse(ends[0], CultureInfo.InvariantCulture);
            int last = int.Parse(ends[^1], CultureInfo.InvariantCulture);
            count += last - first + 1;
        }

        return count;
    }
}
