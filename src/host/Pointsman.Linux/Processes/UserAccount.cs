using System.Collections.Immutable;

namespace Pointsman.Linux.Processes;

/// <summary>A user of this machine with the groups it is in, as a login would have them. For one thread at a time.</summary>
public sealed record UserAccount(uint UserId, ImmutableArray<uint> GroupIds)
{
    // As many as the kernel allows a process (NGROUPS_MAX).
    private const int GroupLimit = 65536;

    public static UserAccount Root { get; } = new(0, [0]);

    /// <param name="group">The first group, instead of the user's own; null: the user's own.</param>
    /// <returns>Null when there is no such user.</returns>
    public static unsafe UserAccount? Find(string user, uint? group = null)
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

    /// <returns>Null when there is no such group.</returns>
    public static unsafe uint? FindGroup(string group)
    {
        LibCAccounts.GroupEntry* entry = LibCAccounts.FindGroup(group);
        return entry is null ? null : entry->GroupId;
    }
}
