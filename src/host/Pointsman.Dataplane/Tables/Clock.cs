using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>The packets' clock: the kernel's jiffies, which only a BPF program can read. Allocates nothing.</summary>
internal static class Clock
{
    internal static ulong Read(BpfProgram now)
    {
        Span<uint> words = stackalloc uint[5];
        words.Clear();
        now.Call(words);
        return ((ulong)words[1] << 32) | words[0];
    }

    /// <summary>
    /// At least one tick, so that a short time is not none; at most what a signed half of the clock can hold.
    /// </summary>
    internal static uint ToTicks(TimeSpan time, uint ticksPerSecond) =>
        (uint)Math.Clamp(time.TotalSeconds * ticksPerSecond, 1, int.MaxValue / 2);

    internal static TimeSpan ToTime(long ticks, uint ticksPerSecond) =>
        TimeSpan.FromTicks(ticks * TimeSpan.TicksPerSecond / ticksPerSecond);

    /// <summary>Until a moment given by its low half; negative when it is past.</summary>
    internal static int Until(uint moment, ulong now) => unchecked((int)(moment - (uint)now));
}
