using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Pointsman.Linux.Network;

/// <summary>
/// Does system calls in another network namespace, on a thread that is thrown away afterwards: threads made by a thread
/// inherit its namespace, so none of the runtime's own may ever change theirs. Sockets opened inside keep the namespace
/// and may be used anywhere. The work must not start threads, tasks, timers or processes.
/// </summary>
public static unsafe partial class NetworkNamespace
{
    private const int CLONE_NEWNET = 0x40000000;

    /// <summary>In the namespace <c>ip netns add NAME</c> made.</summary>
    public static T InNamed<T>(string name, Func<T> work) => InFile($"/run/netns/{name}", work);

    /// <summary>In the namespace this file stands for.</summary>
    public static T InFile<T>(string path, Func<T> work) => OnThrowAwayThread(
        () =>
        {
            int descriptor = LibC.Open(path, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
            if (descriptor < 0)
            {
                throw ErrnoException.Last($"open({path})");
            }

            using var file = new FileDescriptor(descriptor);
            if (SetNamespace(file, CLONE_NEWNET) < 0)
            {
                throw ErrnoException.Last($"setns({path}, CLONE_NEWNET)");
            }

            return work();
        });

    /// <summary>In a new, empty namespace that lasts as long as the thread and what was opened in it.</summary>
    public static T InNew<T>(Func<T> work) => OnThrowAwayThread(
        () => Unshare(CLONE_NEWNET) < 0 ? throw ErrnoException.Last("unshare(CLONE_NEWNET)") : work());

    private static T OnThrowAwayThread<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // The edge of a thread: the failure continues on the caller's.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(FileDescriptor file, int kind);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);
}
