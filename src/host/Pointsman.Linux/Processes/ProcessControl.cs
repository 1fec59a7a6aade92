using System.Text;

namespace Pointsman.Linux.Processes;

/// <summary>Signals, sessions and names of processes.</summary>
public static unsafe class ProcessControl
{
    private static uint? s_mask;
    private static uint s_inheritedMask;

    /// <summary>How large core files could be before <see cref="AllowCoreFiles"/>; null: it was not called.</summary>
    public static ulong? FormerCoreLimit { get; private set; }

    /// <returns>False when there is no such process.</returns>
    public static bool TrySignal(int processId, Signal signal)
    {
        if (processId <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(processId), processId, "zero and negative ids mean whole groups");
        }

        return LibCProcess.Kill(processId, (int)signal) == 0
            || (LibC.LastError == Errno.NoProcess ? false : throw ErrnoException.Last($"kill({processId}, {signal})"));
    }

    /// <summary>Leaves the terminal and the process group it was started in; keys like Ctrl-C no longer reach it.</summary>
    /// <returns>False when the process leads a group already, as one started by a service manager does.</returns>
    public static bool TryStartSession() => LibCProcess.StartSession() >= 0
        || (LibC.LastError == Errno.NotPermitted ? false : throw ErrnoException.Last("setsid"));

    /// <summary>Of the files that this process and its children make; null: as it was before the first call.</summary>
    public static void SetUmask(uint? mask)
    {
        if (mask is null && s_mask is null)
        {
            return;
        }

        uint former = LibCProcess.Umask(mask ?? s_inheritedMask);
        s_inheritedMask = s_mask is null ? former : s_inheritedMask;
        s_mask = mask;
    }

    /// <summary>Of a file that others may read when an operator says so by <see cref="SetUmask"/>: what the mask leaves of <paramref name="most"/>.</summary>
    public static UnixFileMode ModeOf(UnixFileMode usual, UnixFileMode most) => s_mask is { } mask ? most & ~(UnixFileMode)mask : usual;

    /// <summary>A crash of this process or its children leaves a core file, however large.</summary>
    public static void AllowCoreFiles()
    {
        LibCProcess.ResourceLimit former;
        if (LibCProcess.GetLimit(LibCProcess.RLIMIT_CORE, &former) < 0)
        {
            throw ErrnoException.Last("getrlimit(RLIMIT_CORE)");
        }

        FormerCoreLimit = former.Soft;
        var unlimited = new LibCProcess.ResourceLimit { Soft = ulong.MaxValue, Hard = ulong.MaxValue };
        if (LibCProcess.SetLimit(LibCProcess.RLIMIT_CORE, &unlimited) < 0)
        {
            throw ErrnoException.Last("setrlimit(RLIMIT_CORE)");
        }
    }

    /// <summary>This process becomes another program, found as a shell finds it. Returns only when it cannot.</summary>
    public static void Execute(string program, params string[] arguments) => _ = LibCProcess.Execute(program, [program, .. arguments, null]);

    /// <summary>The name <c>ps</c> and <c>top</c> show for the calling thread; the first 15 bytes count.</summary>
    public static void SetThreadName(string name)
    {
        Span<byte> bytes = stackalloc byte[256];
        int count = Encoding.UTF8.GetBytes(name, bytes[..^1]);
        bytes[count] = 0;
        fixed (byte* pointer = bytes)
        {
            if (LibCProcess.ProcessControl(LibCProcess.PR_SET_NAME, (nint)pointer, 0, 0, 0) < 0)
            {
                throw ErrnoException.Last("prctl(PR_SET_NAME)");
            }
        }
    }
}
