using System.Collections.Concurrent;
using Pointsman.Linux.Timing;

namespace Pointsman.Linux.Processes;

/// <summary>Waits for all children that were started here, on one thread, and buries them.</summary>
internal sealed unsafe class ChildEnds
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<int, (FileDescriptor Process, TaskCompletionSource<ChildEnd> End)> _children = new();
    private EventPoll? _poll;

    /// <summary>Before a child is started. Where there is no descriptor for it now, there may be one later.</summary>
    internal void Open()
    {
        lock (_lock)
        {
            if (_poll is not null)
            {
                return;
            }

            var poll = new EventPoll();
            new Thread(() => Wait(poll)) { IsBackground = true, Name = "children" }.Start();
            _poll = poll;
        }
    }

    /// <summary>A child that nobody has buried.</summary>
    /// <exception cref="ErrnoException">Its end cannot be waited for: it was ended at once, and is buried.</exception>
    internal Task<ChildEnd> Of(int processId)
    {
        FileDescriptor? process = null;
        try
        {
            nint descriptor = LibCSpawn.OpenProcess(LibCSpawn.SYS_pidfd_open, processId, 0);
            process = descriptor < 0 ? throw ErrnoException.Last($"pidfd_open({processId})") : new FileDescriptor((int)descriptor);
            var end = new TaskCompletionSource<ChildEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
            _children[processId] = (process, end);
            _poll!.Add(process, (uint)processId);
            return end.Task;
        }
        catch (ErrnoException refused)
        {
            _children.TryRemove(processId, out _);
            process?.Dispose();
            End(processId);
            throw new ErrnoException(refused.Operation, refused.Errno, "it was ended at once, for its end could not be waited for");
        }
    }

    // It may be so young that it has no group of its own yet, or have started others already. Before it is buried nobody else can have
    // its number.
    private static void End(int processId)
    {
        _ = LibCProcess.Kill(processId, LibCProcess.SIGKILL);
        _ = LibCProcess.Kill(-processId, LibCProcess.SIGKILL);
        int status = 0;
        while (LibCSpawn.Wait(processId, &status, 0) < 0 && LibC.LastError == Errno.Interrupted)
        {
        }
    }

    private void Wait(EventPoll poll)
    {
        while (true)
        {
            int count = poll.Wait(timeoutMs: -1);
            for (int i = 0; i < count; i++)
            {
                Bury(poll, (int)poll.Ready(i).Token);
            }
        }
    }

    private void Bury(EventPoll poll, int processId)
    {
        int status = 0;
        int buried = LibCSpawn.Wait(processId, &status, LibCSpawn.WNOHANG);
        if (buried == 0 || !_children.TryRemove(processId, out (FileDescriptor Process, TaskCompletionSource<ChildEnd> End) child))
        {
            return;
        }

        poll.Remove(child.Process);
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
