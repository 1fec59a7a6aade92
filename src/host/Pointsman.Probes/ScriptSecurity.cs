using Pointsman.Linux.Processes;

namespace Pointsman.Probes;

/// <summary>
/// <c>enable_script_security</c>: what runs as root must not be anybody else's to change. Without it such a script runs,
/// and is told of.
/// </summary>
/// <param name="log">A line for the operator, once for each script.</param>
public sealed class ScriptSecurity(Action<string> log)
{
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>keepalived's user for scripts, where there is one and nobody else is named.</summary>
    private const string UsualUser = "keepalived_script";

    private static readonly Lazy<string?> s_defaultUser = new(() => UserAccount.Find(UsualUser) is null ? null : UsualUser);

    private readonly HashSet<string> _told = [];
    private volatile bool _isEnforced;

    /// <summary>Such a script is refused.</summary>
    public bool IsEnforced
    {
        get => _isEnforced;
        set => _isEnforced = value;
    }

    /// <summary>The command with the user who runs it where none is named.</summary>
    public static ScriptCommand WithDefaultUser(ScriptCommand command) =>
        command.User is null ? command with { User = s_defaultUser.Value } : command;

    /// <summary>Every directory on the way to a file, from the root, and the file.</summary>
    public static IEnumerable<string> Steps(string path)
    {
        var steps = new Stack<string>();
        for (string? step = Path.GetFullPath(path); step is not null; step = Path.GetDirectoryName(step))
        {
            steps.Push(step);
        }

        return steps;
    }

    /// <returns>Null when nobody but root can change what runs under that name; otherwise who can, and by what.</returns>
    public static string? WhoElseMayChange(string program) => ScriptFile.Find(program) is { } path
        ? Steps(path).Select(WhoElseMayWrite).FirstOrDefault(stranger => stranger is not null)
        : null;

    public static string Describe(string path) => FileOwnership.TryRead(path) is { } owner
        ? $"owner {owner.UserId}, group {owner.GroupId}, mode {Convert.ToString((int)owner.Mode, 8).PadLeft(4, '0')}"
        : "gone";

    /// <summary>Looks at the file as it is now. Any thread may ask.</summary>
    /// <param name="name">What it is called in the log.</param>
    /// <param name="command">With the user it will run as.</param>
    public bool MayRun(string name, ScriptCommand command)
    {
        if (!RunsAsRoot(command) || ScriptFile.OnlyOpened(command.Arguments[0]) is not null || WhoElseMayChange(command.Arguments[0]) is not { } stranger)
        {
            return true;
        }

        lock (_told)
        {
            if (_told.Add($"{name} {command.Arguments[0]}"))
            {
                log(IsEnforced
                    ? $"Unsafe permissions found for script '{command.Arguments[0]}' ({name}) - disabling: {stranger}, and it would run as root"
                    : "SECURITY VIOLATION - scripts are being executed but script_security not enabled: "
                        + $"'{command.Arguments[0]}' ({name}) runs as root, and {stranger}");
            }
        }

        return !IsEnforced;
    }

    private static bool RunsAsRoot(ScriptCommand command) => command.User is null
        ? PeerCredentials.OwnUserId == 0
        : UserAccount.Find(command.User)?.UserId == 0;

    private static string? WhoElseMayWrite(string step)
    {
        if (FileOwnership.TryRead(step) is not { } owner)
        {
            return null;
        }

        // In a sticky directory (/tmp) nobody renames or removes what is another's.
        bool isOpen = (owner.Mode & WritableByOthers) != 0 && !owner.Mode.HasFlag(UnixFileMode.StickyBit);
        return owner.UserId != 0 || isOpen ? $"'{step}' is {Describe(step)}" : null;
    }
}
