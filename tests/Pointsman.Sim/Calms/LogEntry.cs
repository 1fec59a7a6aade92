using System.Globalization;
using Pointsman.Base;

namespace Pointsman.Sim.Calms;

/// <summary>A line of the log, its time apart.</summary>
internal readonly record struct LogEntry(long Microseconds, string Text)
{
    public static List<LogEntry> Read(string log) => [.. log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    /// <summary>Whether it is told of the time that was leapt over.</summary>
    public bool IsIn(CalmLeap leap) =>
        Microseconds > leap.From.Nanoseconds / 1000 && Microseconds <= (leap.From + leap.Span).Nanoseconds / 1000;

    public LogEntry Later(TimeSpan span) => this with { Microseconds = Microseconds + (span.Ticks / 10) };

    // Lines that begin with no time belong to the one before: what a node threw, told with its stack.
    private static LogEntry Parse(string line)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && decimal.TryParse(line[..space], NumberStyles.Float, CultureInfo.InvariantCulture, out decimal seconds)
            ? new LogEntry((long)(seconds * 1_000_000), line[space..])
            : new LogEntry(0, line);
    }
}
