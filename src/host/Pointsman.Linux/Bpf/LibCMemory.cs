using System.Runtime.InteropServices;

namespace Pointsman.Linux.Bpf;

/// <summary>The calls of the C library for mapped memory and file systems.</summary>
internal static unsafe partial class LibCMemory
{
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const long BPF_FS_MAGIC = 0xcafe4a11;
    internal static readonly nint MapFailed = -1;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Map(
        nint at, nuint sizeBytes, int protection, int flags, FileDescriptor file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    internal static partial int Unmap(nint at, nuint sizeBytes);

    // F_DUPFD_CLOEXEC: a script the daemon runs must not inherit a map.
    internal static int Duplicate(int descriptor)
    {
        const int F_DUPFD_CLOEXEC = 1030;
        return Control(descriptor, F_DUPFD_CLOEXEC, 0);
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int FileSystem(string path, FileSystemStatus* status);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "vsnprintf")]
    internal static partial int Format(byte* buffer, nuint sizeBytes, byte* format, nint arguments);

    /// <summary>The head of struct statfs.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct FileSystemStatus
    {
        internal long Type;
    }
}
