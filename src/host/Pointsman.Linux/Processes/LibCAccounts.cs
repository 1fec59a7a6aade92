using System.Runtime.InteropServices;

namespace Pointsman.Linux.Processes;

/// <summary>Users, their groups, and what a file belongs to.</summary>
internal static unsafe partial class LibCAccounts
{
    internal const int AT_FDCWD = -100;
    internal const uint STATX_BASIC_STATS = 0x7ff;
    private const int AT_EMPTY_PATH = 0x1000;
    private const int S_IFMT = 0xf000;
    private const int S_IFIFO = 0x1000;

    /// <summary>The answer lies in the library's own memory until the next call.</summary>
    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial PasswordEntry* FindUser(string name);

    /// <summary>The answer lies in the library's own memory until the next call.</summary>
    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial GroupEntry* FindGroup(string name);

    [LibraryImport("libc", EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GroupsOf(string user, uint group, uint* groups, int* count);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int FileStatus(int directory, string path, int flags, uint mask, FileStatusEntry* status);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(FileDescriptor file, uint userId, uint groupId);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int ChangeMode(FileDescriptor file, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileStatus(FileDescriptor file, string path, int flags, uint mask, FileStatusEntry* status);

    internal static bool IsPipe(FileDescriptor file)
    {
        FileStatusEntry status;
        return FileStatus(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) == 0 && (status.Mode & S_IFMT) == S_IFIFO;
    }

    /// <summary>The begin of <c>struct passwd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PasswordEntry
    {
        internal nint Name;
        internal nint Password;
        internal uint UserId;
        internal uint GroupId;
    }

    /// <summary>The begin of <c>struct group</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct GroupEntry
    {
        internal nint Name;
        internal nint Password;
        internal uint GroupId;
    }

    /// <summary><c>struct statx</c>, as far as it is read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct FileStatusEntry
    {
        [FieldOffset(20)]
        internal uint UserId;

        [FieldOffset(24)]
        internal uint GroupId;

        [FieldOffset(28)]
        internal ushort Mode;
    }
}
