using System.Runtime.InteropServices;

namespace Pointsman.Linux.Timing;

/// <summary>The kernel's tick (CONFIG_HZ): jiffies advance by one with each.</summary>
public static unsafe partial class KernelTick
{
    // The coarse clocks advance once a tick, so their resolution is the tick's length.
    private const int CLOCK_MONOTONIC_COARSE = 6;

    public static uint PerSecond() => (uint)Math.Round(1e9 / LengthNanoseconds());

    /// <summary>Whole nanoseconds, as the kernel itself counts them.</summary>
    public static long LengthNanoseconds()
    {
        long* resolution = stackalloc long[2];
        if (ClockResolution(CLOCK_MONOTONIC_COARSE, resolution) < 0)
        {
            throw ErrnoException.Last("clock_getres(CLOCK_MONOTONIC_COARSE)");
        }

        return resolution[1];
    }

    [LibraryImport("libc", EntryPoint = "clock_getres", SetLastError = true)]
    private static partial int ClockResolution(int clock, long* resolution);
}
