namespace Pointsman.Linux.Processes;

/// <summary>Puts the calling thread, or the memory of the process, out of reach of what makes timers late.</summary>
public static unsafe class RealTime
{
    /// <summary>Schedules the calling thread before all ordinary ones (SCHED_FIFO); threads it makes are ordinary again.</summary>
    /// <param name="priority">1..99.</param>
    /// <returns>0, or the errno (EPERM without CAP_SYS_NICE, or in a group without real-time budget).</returns>
    public static int TryEnterFifo(int priority) =>
        LibCProcess.SetScheduler(0, LibCProcess.SCHED_FIFO | LibCProcess.SCHED_RESET_ON_FORK, &priority) < 0
            ? LibC.LastError
            : 0;

    /// <summary>Keeps every page that was ever touched in memory.</summary>
    /// <returns>0, or the errno (EPERM or ENOMEM without CAP_IPC_LOCK).</returns>
    public static int TryLockMemory() =>
        // Only touched pages: the garbage collector reserves far more address space than the machine has memory.
        LibCProcess.LockMemory(LibCProcess.MCL_CURRENT | LibCProcess.MCL_FUTURE | LibCProcess.MCL_ONFAULT) < 0
            ? LibC.LastError
            : 0;
}
