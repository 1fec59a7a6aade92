using System.Diagnostics;
using Pointsman.Linux;
using Pointsman.Linux.Processes;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// At most one role runs per run directory. Whoever comes asks the one that is there to make way: an orphan of a control
/// process that died, or the role with the settings before these.
/// </summary>
internal static class RoleLock
{
    internal const string FileName = "vrrp.pid";

    // A role makes way in milliseconds; one that is not done by then hangs.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(1);

    /// <returns>Null when the other one does not even die.</returns>
    internal static PidFile? Take(string runDirectory)
    {
        string path = Path.Combine(runDirectory, FileName);
        var waited = Stopwatch.StartNew();
        int asked = 0;
        int killed = 0;
        int holder;
        while (true)
        {
            if (TryAcquire(path, out holder) is { } taken)
            {
                return taken;
            }

            if (waited.Elapsed > 2 * s_patience)
            {
                Console.Error.WriteLine($"vrrp-role: process {holder} holds {path} and does not make way");
                return null;
            }

            // The number is written just after the lock is taken: zero means wait for it.
            if (holder != 0 && holder != asked)
            {
                asked = holder;
                ProcessControl.TrySignal(holder, Signal.User1);
            }
            else if (holder != 0 && holder != killed && waited.Elapsed > s_patience)
            {
                killed = holder;
                ProcessControl.TrySignal(holder, Signal.Kill);
            }

            Thread.Sleep(s_pollInterval);
        }
    }

    // Whose number could not be written down cannot be asked to make way: it serves on.
    private static PidFile? TryAcquire(string path, out int holder)
    {
        try
        {
            return PidFile.TryAcquire(path, out holder);
        }
        catch (ErrnoException refused) when (refused.Errno == Errno.ReadOnly)
        {
            holder = 0;
            return PidFile.TryAcquireUnwritable(path);
        }
    }
}
