namespace Pointsman.Linux.Processes;

/// <summary>
/// What whoever started this program had open and did not close: a lock, a pipe. Processes that outlive the command, such as a
/// lab's machines, would hold it as long as they run.
/// </summary>
public static class InheritedFiles
{
    private const int FirstAfterStandardError = 3;

    /// <summary>
    /// Processes started from now on get standard input, output and error alone. Before Linux 5.11 and glibc 2.34 nothing changes.
    /// </summary>
    public static void KeepFromChildren()
    {
        try
        {
            // What this program opens itself is not passed on anyway: there is no failure worth telling of.
            _ = LibCProcess.CloseRange(FirstAfterStandardError, uint.MaxValue, LibCProcess.CLOSE_RANGE_CLOEXEC);
        }
        catch (EntryPointNotFoundException)
        {
        }
    }
}
