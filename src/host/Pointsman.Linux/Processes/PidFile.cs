using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Pointsman.Linux.Processes;

/// <summary>
/// A file that names the process and is locked for as long as it lives: the lock, not the number, says that somebody runs.
/// The kernel drops the lock with the process, however it ends, so a stale file never keeps anyone out.
/// </summary>
public sealed unsafe class PidFile : IDisposable
{
    private const int RetryMs = 20;

    private readonly FileDescriptor _file;

    private PidFile(FileDescriptor file) => _file = file;

    /// <summary>Takes the file for this process.</summary>
    /// <returns>Null when another process holds it: <paramref name="holder"/> (0 if it has not written its number yet).</returns>
    public static PidFile? TryAcquire(string path, out int holder)
    {
        FileDescriptor file = Open(path, LibC.O_RDWR | LibC.O_CREAT);
        var wanted = new LibC.Lock { Type = LibC.F_WRLCK };
        if (LibC.FileControl(file, LibC.F_OFD_SETLK, (nint)(&wanted)) < 0)
        {
            int errno = LibC.LastError;
            holder = ReadNumber(file);
            file.Dispose();
            return errno == Errno.TryAgain ? null : throw new ErrnoException($"lock of {path}", errno);
        }

        holder = Environment.ProcessId;
        WriteNumber(file, holder);
        return new PidFile(file);
    }

    /// <summary>
    /// Where nothing can be written: as <see cref="TryAcquire(string, out int)"/>, on the file or, where there is none, its folder. The file
    /// does not name this process, and who finds it held is not told by whom.
    /// </summary>
    /// <returns>Null when another process holds it.</returns>
    public static PidFile? TryAcquireUnwritable(string path)
    {
        FileDescriptor file = Open(File.Exists(path) ? path : Path.GetDirectoryName(path)!, LibC.O_RDONLY);

        // Who cannot write can share only; whether somebody shares already is asked for, and asked again: two may come at one moment.
        if (!IsHeld(file))
        {
            var shared = new LibC.Lock { Type = LibC.F_RDLCK };
            if (LibC.FileControl(file, LibC.F_OFD_SETLK, (nint)(&shared)) == 0 && !IsHeld(file))
            {
                return new PidFile(file);
            }
        }

        file.Dispose();
        return null;
    }

    private static bool IsHeld(FileDescriptor file)
    {
        var wanted = new LibC.Lock { Type = LibC.F_WRLCK };
        return LibC.FileControl(file, LibC.F_OFD_GETLK, (nint)(&wanted)) < 0
            ? throw ErrnoException.Last("fcntl(F_OFD_GETLK)")
            : wanted.Type != LibC.F_UNLCK;
    }

    /// <summary>As <see cref="TryAcquire(string, out int)"/>, but waits while another process holds it.</summary>
    public static PidFile? TryAcquire(string path, TimeSpan patience, out int holder)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (TryAcquire(path, out holder) is { } file)
            {
                return file;
            }

            if (waited.Elapsed >= patience)
            {
                return null;
            }

            Thread.Sleep(RetryMs);
        }
    }

    /// <summary>The process that holds the file; null when nobody does.</summary>
    public static int? HolderOf(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using FileDescriptor file = Open(path, LibC.O_RDONLY);
        // A question that takes no lock of its own: a node that starts meanwhile would find it held.
        var held = new LibC.Lock { Type = LibC.F_RDLCK };
        if (LibC.FileControl(file, LibC.F_OFD_GETLK, (nint)(&held)) < 0)
        {
            throw ErrnoException.Last($"lock of {path}");
        }

        return held.Type == LibC.F_UNLCK ? null : ReadNumber(file);
    }

    /// <summary>Lets go. The file stays: removing it could take it from a process that opened it in between.</summary>
    public void Dispose()
    {
        // Closing alone would not do while a child that is just being started still has a copy of the descriptor.
        var nothing = new LibC.Lock { Type = LibC.F_UNLCK };
        _ = LibC.FileControl(_file, LibC.F_OFD_SETLK, (nint)(&nothing));
        _file.Dispose();
    }

    private static FileDescriptor Open(string path, int flags)
    {
        int descriptor = LibC.Open(path, flags | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, 0x1a4 /* 0644 */);
        return descriptor < 0 ? throw ErrnoException.Last($"open({path})") : new FileDescriptor(descriptor);
    }

    private static int ReadNumber(FileDescriptor file)
    {
        Span<byte> text = stackalloc byte[16];
        return file.TryRead(text, out int count)
            && int.TryParse(text[..count].TrimEnd((byte)'\n'), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : 0;
    }

    // Over what is there, and cut off behind it: where there is no room for a new file's first byte there still is for that. The lock
    // counts, so nobody stays away because its number could not be written.
    private static void WriteNumber(FileDescriptor file, int number)
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}\n"));
        try
        {
            file.TryWrite(text, out _);
        }
        catch (ErrnoException full) when (full.Errno == Errno.NoSpace)
        {
            return;
        }

        if (LibC.Truncate(file, text.Length) < 0)
        {
            throw ErrnoException.Last("ftruncate");
        }
    }
}
