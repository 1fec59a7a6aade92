using Pointsman.Linux.Processes;

namespace Pointsman.Bench.Measuring;

/// <summary>What else runs on the machine.</summary>
internal static class Neighbours
{
    /// <summary>From here on the calling thread runs before all ordinary ones.</summary>
    internal static void Outrank()
    {
        int errno = RealTime.TryEnterFifo(priority: 1);
        if (errno != 0)
        {
            throw new Linux.ErrnoException("sched_setscheduler(SCHED_FIFO)", errno);
        }
    }
}
