using Pointsman.Base;

namespace Pointsman.Linux.Timing;

/// <summary>A timerfd on the clock of <see cref="MonotonicClock.NowWithSuspend"/>, set to absolute moments.</summary>
public sealed unsafe class DeadlineTimer : IDisposable
{
    public DeadlineTimer()
    {
        int descriptor = LibCTime.TimerCreate(LibCTime.CLOCK_BOOTTIME, LibCTime.TFD_NONBLOCK | LibCTime.TFD_CLOEXEC);
        Descriptor = descriptor < 0
            ? throw ErrnoException.Last("timerfd_create(CLOCK_BOOTTIME)")
            : new FileDescriptor(descriptor);
    }

    /// <summary>Readable once the deadline has come, until <see cref="Acknowledge"/>.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Replaces the deadline; one in the past fires at once, null never.</summary>
    public void Set(Instant? deadline)
    {
        // Zero would disarm the timer, so the earliest deadline is one nanosecond after boot.
        long nanoseconds = deadline is null ? 0 : Math.Max(1, deadline.Value.Nanoseconds);
        var setting = new LibCTime.TimerSpec { Value = LibCTime.TimeSpec.From(nanoseconds) };
        if (LibCTime.TimerSet(Descriptor, LibCTime.TFD_TIMER_ABSTIME, &setting, null) < 0)
        {
            throw ErrnoException.Last("timerfd_settime");
        }
    }

    public void Acknowledge()
    {
        Span<byte> count = stackalloc byte[8];
        Descriptor.TryRead(count, out _);
    }

    public void Dispose() => Descriptor.Dispose();
}
