using System.Globalization;

namespace Pointsman.Bench.Checks;

/// <summary>What a process has taken, from /proc.</summary>
internal static class ProcessFigures
{
    /// <summary>USER_HZ, which is 100 on all that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>In user and in kernel.</summary>
    internal static double CpuSeconds(int process)
    {
        // proc(5): behind the name in parentheses the third field follows; user and system time are 14 and 15.
        string stat = File.ReadAllText($"/proc/{process}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    internal static double ResidentMegabytes(int process)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(entry => entry.StartsWith("VmRSS:", StringComparison.Ordinal));
        return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024.0;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
