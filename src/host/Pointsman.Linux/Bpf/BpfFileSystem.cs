namespace Pointsman.Linux.Bpf;

/// <summary>The file system that keeps maps, programs and links alive without a process.</summary>
public static unsafe class BpfFileSystem
{
    /// <summary>Where systems mount it.</summary>
    public const string UsualPlace = "/sys/fs/bpf";

    /// <summary>Whether this directory is on a bpf file system; false also when it does not exist.</summary>
    public static bool Holds(string directory)
    {
        LibCMemory.FileSystemStatus status;
        return LibCMemory.FileSystem(directory, &status) == 0
            && (status.Type & 0xffff_ffff) == LibCMemory.BPF_FS_MAGIC;
    }

    public static void Mount(string directory)
    {
        if (LibCMemory.Mount("bpf", directory, "bpf", 0, "mode=0700") < 0)
        {
            throw ErrnoException.Last($"mount(bpf, {directory})");
        }
    }

    public static void Unmount(string directory)
    {
        const int MNT_DETACH = 2;
        if (LibCMemory.Unmount(directory, MNT_DETACH) < 0)
        {
            throw ErrnoException.Last($"umount({directory})");
        }
    }
}
