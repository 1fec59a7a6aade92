using System.Collections.Concurrent;
using Pointsman.Linux.Timing;

namespace Pointsman.Linux.Processes;

/// <summary>Waits for all children that were started here, on one thread, and buries them.</summary>
internal static unsafe class ChildEnds
{
    private static readonly EventPoll s_poll = new();
    private static readonly ConcurrentDictionary<int, (FileDescriptor Process, TaskCompletionSource<ChildEnd> End)> s_children = new();
    private static readonly Lazy<Thread> s_thread = new(Begin);

    /// <summary>A child that nobody has buried.</summary>
    internal static Task<ChildEnd> Of(int processId)
    {
        _ = s_thread.Value;
        nint descriptor = LibCSpawn.OpenProcess(LibCSpawn.SYS_pidfd_open, processId, 0);
        if (descriptor < 0)
        {
            throw ErrnoException.Last($"pidfd_open({processId})");
        }

        var process = new FileDescriptor((int)descriptor);
        var end = new TaskCompletionSource<ChildEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        s_children[processId] = (process, end);
        s_poll.Add(process, (uint)processId);
        return end.Task;
    }

    private static Thread Begin()
    {
        var thread = new Thread(Wait) { IsBackground = true, Name = "children" };
        thread.Start();
        return thread;
    }

    private static void Wait()
    {
        while (true)
        {
            int count = s_poll.Wait(timeoutMs: -1);
            for (int i = 0; i < count; i++)
            {
                Bury((int)s_poll.Ready(i).Token);
            }
        }
    }

    private static void Bury(int processId)
    {
        int status = 0;
        int buried = LibCSpawn.Wait(processId, &status, LibCSpawn.WNOHANG);
        if (buried == 0 || !s_children.TryRemove(processId, out (FileDescriptor Process, TaskCompletionSource<ChildEnd> End) child))
        {
            return;
        }

        s_poll.Remove(child.Process);
        child.Process.Dispose();
        if (buried < 0)
        {
            // Who started this program had it ignore its children, so the kernel has buried it.
            child.End.SetException(new ErrnoException($"waitpid({processId})", LibC.LastError));
            return;
        }

        int signal = status & 0x7f;
        child.End.SetResult(signal == 0 ? new ChildEnd((status >> 8) & 0xff, 0) : new ChildEnd(0, signal));
    }
}
