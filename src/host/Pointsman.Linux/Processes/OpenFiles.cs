using System.Globalization;

namespace Pointsman.Linux.Processes;

/// <summary>How many files this process may have open.</summary>
public static class OpenFiles
{
    private const string Line = "Max open files";
    private const int Unlimited = 1 << 20;

    /// <summary>The soft limit, which the runtime has raised to the hard one.</summary>
    public static int Limit { get; } = Parse(File.ReadAllText("/proc/self/limits"));

    /// <param name="limits">As /proc/PID/limits has it.</param>
    internal static int Parse(string limits)
    {
        string line = limits.Split('\n').First(candidate => candidate.StartsWith(Line, StringComparison.Ordinal));
        string soft = line[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return int.TryParse(soft, CultureInfo.InvariantCulture, out int count) ? Math.Min(count, Unlimited) : Unlimited;
    }
}
