using System.Runtime.InteropServices;

namespace Pointsman.Linux.Processes;

/// <summary>To whom a file or directory belongs, and who may do what with it. Links are followed.</summary>
public sealed record FileOwnership(uint UserId, uint GroupId, UnixFileMode Mode)
{
    private const int ModeBits = 0xfff;
    private const int TypeBits = 0xf000;
    private const int RegularFile = 0x8000;

    /// <summary>Bytes on a disk: no directory, FIFO, socket or device.</summary>
    public bool IsRegularFile { get; private init; }

    /// <returns>Null when there is no such file, or it cannot be looked at.</returns>
    public static unsafe FileOwnership? TryRead(string path)
    {
        LibCAccounts.FileStatusEntry status;
        return LibCAccounts.FileStatus(LibCAccounts.AT_FDCWD, path, 0, LibCAccounts.STATX_BASIC_STATS, &status) < 0
            ? null
            : new FileOwnership(status.UserId, status.GroupId, (UnixFileMode)(status.Mode & ModeBits))
            {
                IsRegularFile = (status.Mode & TypeBits) == RegularFile,
            };
    }

    /// <summary>Makes a file belong to the same user and group, with the same mode.</summary>
    /// <exception cref="ErrnoException">This process may not.</exception>
    public void GiveTo(string path)
    {
        if (LibCAccounts.ChangeOwner(path, UserId, GroupId) < 0)
        {
            throw new ErrnoException($"chown({path})", Marshal.GetLastPInvokeError());
        }

        File.SetUnixFileMode(path, Mode);
    }

    /// <summary>To run a file, or to pass through a directory. Root may if anybody may.</summary>
    public bool MayExecute(UserAccount user) =>
        user.UserId == 0
            ? (Mode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0
            : Mode.HasFlag(
                user.UserId == UserId ? UnixFileMode.UserExecute
                : user.GroupIds.Contains(GroupId) ? UnixFileMode.GroupExecute
                : UnixFileMode.OtherExecute);
}
