using System.Globalization;
using System.Text;

namespace Pointsman.Linux.Processes;

/// <summary>
/// A file that names the process and is locked for as long as it lives: the lock, not the number, says that somebody runs.
/// The kernel drops the lock with the process, however it ends, so a stale file never keeps anyone out.
/// </summary>
public sealed class PidFile : IDisposable
{
    // Whoever asks for the holder holds the lock for some microseconds itself.
    private const int Attempts = 10;
    private const int RetryMs = 2;

    private readonly FileDescriptor _file;

    private PidFile(FileDescriptor file) => _file = file;

    /// <summary>Takes the file for this process.</summary>
    /// <returns>Null when another process holds it: <paramref name="holder"/> (0 if it has not written its number yet).</returns>
    public static PidFile? TryAcquire(string path, out int holder)
    {
        FileDescriptor file = Open(path, LibC.O_RDWR | LibC.O_CREAT);
        if (!TryLock(file, out int errno))
        {
            holder = ReadNumber(file);
            file.Dispose();
            return errno == Errno.TryAgain ? null : throw new ErrnoException($"flock({path})", errno);
        }

        holder = Environment.ProcessId;
        WriteNumber(file, holder);
        return new PidFile(file);
    }

    /// <summary>The process that holds the file; null when nobody does.</summary>
    public static int? HolderOf(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using FileDescriptor file = Open(path, LibC.O_RDONLY);
        if (LibC.FileLock(file, LibC.LOCK_SH | LibC.LOCK_NB) == 0)
        {
            return null;
        }

        return LibC.LastError == Errno.TryAgain ? ReadNumber(file) : throw ErrnoException.Last($"flock({path})");
    }

    /// <summary>Lets go. The file stays: removing it could take it from a process that opened it in between.</summary>
    public void Dispose()
    {
        // Closing alone would not do while a child that is just being started still has a copy of the descriptor.
        _ = LibC.FileLock(_file, LibC.LOCK_UN);
        _file.Dispose();
    }

    private static bool TryLock(FileDescriptor file, out int errno)
    {
        errno = 0;
        for (int attempt = 1; LibC.FileLock(file, LibC.LOCK_EX | LibC.LOCK_NB) < 0; attempt++)
        {
            errno = LibC.LastError;
            if (errno != Errno.TryAgain || attempt == Attempts)
            {
                return false;
            }

            Thread.Sleep(RetryMs);
        }

        return true;
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

    private static void WriteNumber(FileDescriptor file, int number)
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}\n"));
        if (LibC.Truncate(file, 0) < 0)
        {
            throw ErrnoException.Last("ftruncate");
        }

        file.TryWrite(text, out _);
    }
}
