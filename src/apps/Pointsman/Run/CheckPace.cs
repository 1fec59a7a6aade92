using Pointsman.Base;

namespace Pointsman.App.Run;

/// <summary>
/// When the engine wakes for checks. Thousands of them fall due one by one; those of a moment are begun together, for waking a
/// thread costs more than what it does for one of them.
/// </summary>
internal static class CheckPace
{
    /// <summary>Far less than any interval of checks, which are seconds.</summary>
    private const long BeatNanoseconds = 10_000_000;

    /// <summary>The beat at which what is due then is done, never before it is due.</summary>
    internal static Instant? WakeFor(Instant? due) =>
        due is { } at ? new Instant((at.Nanoseconds + BeatNanoseconds - 1) / BeatNanoseconds * BeatNanoseconds) : null;
}
