using System.Diagnostics;
using System.Globalization;

namespace Pointsman.Lab.Demo;

/// <summary>Tells the drill as it goes, one line each with the time since its start, and sums it up at the end.</summary>
internal sealed class Narrator(TextWriter output)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(3);

    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly List<DrillStep> _steps = [];

    private TimeSpan _saidAt;

    internal IReadOnlyList<DrillStep> Steps => _steps;

    internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt);

    internal void Say(string line)
    {
        _saidAt = Elapsed;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_saidAt.TotalSeconds,6:0.0} s  {line}"));
    }

    /// <summary>Said only when nothing was for a while: an operator must see that a wait is one.</summary>
    internal void Progress(Func<string> line)
    {
        if (Elapsed - _saidAt >= ProgressInterval)
        {
            Say($"         ... {line()}");
        }
    }

    internal void Conclude(DrillStep step)
    {
        _steps.Add(step);
        Say($"{(step.Ok ? "ok      " : "DEVIATES")} {step.Name}: {step.Seen}{(step.Ok ? "" : $" (expected: {step.Expected})")}");
    }

    internal void SumUp()
    {
        int[] widths =
        [
            Width("step", step => step.Name), Width("expected", step => step.Expected), Width("seen", step => step.Seen),
        ];
        output.WriteLine();
        Row("step", "expected", "seen", "ok");
        Row(new string('-', widths[0]), new string('-', widths[1]), new string('-', widths[2]), "--");
        foreach (DrillStep step in _steps)
        {
            Row(step.Name, step.Expected, step.Seen, step.Ok ? "ok" : "NO");
        }

        output.WriteLine();

        int Width(string head, Func<DrillStep, string> column) => _steps.Select(column).Append(head).Max(text => text.Length);

        void Row(string name, string expected, string seen, string ok) =>
            output.WriteLine($"  {name.PadRight(widths[0])}  {expected.PadRight(widths[1])}  {seen.PadRight(widths[2])}  {ok}");
    }
}
