using System.Collections.Immutable;

namespace Pointsman.Linux.Processes;

/// <summary>A user of this machine with the groups it is in, as a login would have them.</summary>
public sealed record UserAccount(uint UserId, ImmutableArray<uint> GroupIds)
{
    // As many as the kernel allows a process (NGROUPS_MAX).
    private const int GroupLimit = 65536;

    // The library answers in one place of memory for all callers.
    private static readonly Lock s_lock = new();

    public static UserAccount Root { get; } = new(0, [0]);

    /// <param name="group">The first group, instead of the user's own; null: the user's own.</param>
    /// <returns>Null when there is no such user.</returns>
    public static UserAccount? Find(string user, uint? group = null)
    {
        lock (s_lock)
        {
            return FindLocked(user, group);
        }
    }

    /// <returns>Null when there is no such group.</returns>
    public static unsafe uint? FindGroup(string group)
    {
        lock (s_lock)
        {
            LibCAccounts.GroupEntry* entry = LibCAccounts.FindGroup(group);
            return entry is null ? null : entry->GroupId;
        }
    }

    private static unsafe UserAccount? FindLocked(string user, uint? group)
    {
        LibCAccounts.PasswordEntry* entry = LibCAccounts.FindUser(user);
        if (entry is null)
        {
            return null;
        }

        uint userId = entry->UserId;
        var groups = new uint[GroupLimit];
        int count = groups.Length;
        fixed (uint* first = groups)
        {
            _ = LibCAccounts.GroupsOf(user, group ?? entry->GroupId, first, &count);
        }

        return new UserAccount(userId, [.. groups.AsSpan(0, Math.Clamp(count, 0, groups.Length))]);
    }
}
