using Pointsman.Linux;
using Pointsman.Linux.Processes;
using Pointsman.PathWatch.Loop;

namespace Pointsman.PathWatch;

/// <summary>
/// The path watch as a process: settings come as lines on standard input, events go as lines to standard output. The
/// thread that calls becomes the real-time thread.
/// </summary>
public static class PathWatchProcess
{
    /// <summary>Below the VRRP role's: a flood of BFD never delays an advert.</summary>
    private const int RealTimePriority = 40;

    /// <returns>The exit code.</returns>
    public static int Run()
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        using var inbox = new WatchInbox(input);
        using var outbox = new WatchOutbox();
        try
        {
            using var loop = new WatchLoop(inbox, outbox);
            inbox.StartReading();
            EnterRealTime(outbox);
            loop.Run();
            return 0;
        }
        catch (ErrnoException refused)
        {
            Console.Error.WriteLine($"bfd-role: {refused.Message}");
            return 1;
        }
    }

    // Without these it works as long as the machine is not busy: worth a line, no reason to stay away.
    private static void EnterRealTime(WatchOutbox outbox)
    {
        ProcessControl.SetThreadName("pointsman-bfd");
        foreach (int errno in (ReadOnlySpan<int>)[RealTime.TryLockMemory(), RealTime.TryEnterFifo(RealTimePriority)])
        {
            if (errno != 0)
            {
                outbox.Post(new Messages.WatchEvent.Noted($"BFD role: no real-time scheduling or locked memory: {ErrnoException.Text(errno)}"));
            }
        }
    }
}
