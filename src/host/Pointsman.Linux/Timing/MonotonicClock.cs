using Pointsman.Base;

namespace Pointsman.Linux.Timing;

/// <summary>The kernel's clocks that never jump.</summary>
public static unsafe class MonotonicClock
{
    /// <summary>CLOCK_MONOTONIC, which BPF programs read too; it stands still while the machine is suspended.</summary>
    public static Instant Now => Read(LibCTime.CLOCK_MONOTONIC);

    /// <summary>CLOCK_BOOTTIME: like <see cref="Now"/>, but a suspended machine finds the time gone when it wakes.</summary>
    public static Instant NowWithSuspend => Read(LibCTime.CLOCK_BOOTTIME);

    private static Instant Read(int clock)
    {
        LibCTime.TimeSpec time;
        if (LibCTime.ClockGetTime(clock, &time) < 0)
        {
            throw ErrnoException.Last("clock_gettime");
        }

        return new Instant((time.Seconds * 1_000_000_000) + time.Nanoseconds);
    }
}
