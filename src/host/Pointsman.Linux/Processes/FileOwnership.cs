namespace Pointsman.Linux.Processes;

/// <summary>To whom a file or directory belongs, and who may do what with it. Links are followed.</summary>
public sealed record FileOwnership(uint UserId, uint GroupId, UnixFileMode Mode)
{
    private const int ModeBits = 0xfff;

    /// <returns>Null when there is no such file, or it cannot be looked at.</returns>
    public static unsafe FileOwnership? TryRead(string path)
    {
        LibCAccounts.FileStatusEntry status;
        return LibCAccounts.FileStatus(LibCAccounts.AT_FDCWD, path, 0, LibCAccounts.STATX_BASIC_STATS, &status) < 0
            ? null
            : new FileOwnership(status.UserId, status.GroupId, (UnixFileMode)(status.Mode & ModeBits));
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
