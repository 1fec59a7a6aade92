using System.Diagnostics;

namespace Pointsman.Lab;

/// <summary>Waiting for a state with a limit; the lab never sleeps for a time and hopes.</summary>
public static class Poll
{
    private const int StepMs = 20;

    /// <returns>How long it took, or null when the limit passed first.</returns>
    public static TimeSpan? Until(TimeSpan limit, Func<bool> reached)
    {
        long startedAt = Stopwatch.GetTimestamp();
        while (true)
        {
            if (reached())
            {
                return Stopwatch.GetElapsedTime(startedAt);
            }

            if (Stopwatch.GetElapsedTime(startedAt) >= limit)
            {
                return null;
            }

            Thread.Sleep(StepMs);
        }
    }

    public static TimeSpan UntilOrThrow(TimeSpan limit, string state, Func<bool> reached) =>
        Until(limit, reached)
        ?? throw new LabException(string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{state}: not reached within {limit.TotalSeconds:0.#} s"));
}
