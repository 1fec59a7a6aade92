namespace Pointsman.Linux.Processes;

/// <summary>Signals to a whole process group: a script and everything it started.</summary>
public static class ProcessGroup
{
    /// <summary>Asks the group to end (SIGTERM).</summary>
    /// <returns>False when nobody of the group is left.</returns>
    public static bool TryTerminate(int group) => TrySignal(group, LibCProcess.SIGTERM);

    /// <summary>Ends the group (SIGKILL).</summary>
    /// <returns>False when nobody of the group is left.</returns>
    public static bool TryKill(int group) => TrySignal(group, LibCProcess.SIGKILL);

    private static bool TrySignal(int group, int signal)
    {
        // Zero and one would mean our own group, and everyone.
        ArgumentOutOfRangeException.ThrowIfLessThan(group, 2);
        if (LibCProcess.Kill(-group, signal) == 0)
        {
            return true;
        }

        return LibC.LastError == Errno.NoProcess ? false : throw ErrnoException.Last($"kill(-{group}, {signal})");
    }
}
