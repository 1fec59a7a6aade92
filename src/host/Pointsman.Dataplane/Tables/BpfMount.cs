using Pointsman.Linux;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>Sees to it that the pin directory is on a bpf file system.</summary>
internal static class BpfMount
{
    internal static void Require(string directory)
    {
        string existing = Path.GetFullPath(directory);
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        if (BpfFileSystem.Holds(existing))
        {
            return;
        }

        string usual = BpfFileSystem.UsualPlace;
        if (Path.GetFullPath(directory).StartsWith(usual, StringComparison.Ordinal) && Directory.Exists(usual))
        {
            try
            {
                BpfFileSystem.Mount(usual);
                return;
            }
            catch (ErrnoException refused)
            {
                throw new DataplaneException(
                    $"no bpf file system is mounted at {usual} and mounting one failed: "
                    + $"{ErrnoException.Text(refused.Errno)}: run as root, or: mount -t bpf bpf {usual}", refused);
            }
        }

        throw new DataplaneException(Directory.Exists(usual)
            ? $"{directory} is not on a bpf file system: choose a directory below {usual}"
            : $"{usual} does not exist: the kernel has no BPF; Linux 5.10 or later with CONFIG_BPF_SYSCALL is needed");
    }
}
