using Pointsman.Linux.Bpf;
using Pointsman.Linux.Timing;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// The packets' clock without a call of the kernel. Jiffies advance by one in each tick of CLOCK_MONOTONIC, so once the
/// beginning is known they follow from it. Never ahead by more than a tick, and behind by less than a few.
/// </summary>
internal readonly record struct TickClock
{
    private const int Samples = 5;

    private readonly long _beginNanoseconds;
    private readonly long _tickNanoseconds;

    private TickClock(long beginNanoseconds, long tickNanoseconds)
    {
        _beginNanoseconds = beginNanoseconds;
        _tickNanoseconds = tickNanoseconds;
    }

    internal ulong Now => (ulong)((MonotonicClock.Now.Nanoseconds - _beginNanoseconds) / _tickNanoseconds);

    internal static TickClock Calibrate(BpfProgram now)
    {
        long tick = KernelTick.LengthNanoseconds();
        long begin = long.MaxValue;
        for (int i = 0; i < Samples; i++)
        {
            // A tick that comes late makes the beginning seem late: the earliest of several is the best.
            long before = MonotonicClock.Now.Nanoseconds;
            begin = Math.Min(begin, before - ((long)Clock.Read(now) * tick));
        }

        return new TickClock(begin, tick);
    }
}
