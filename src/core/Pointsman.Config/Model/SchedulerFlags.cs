namespace Pointsman.Config.Model;

/// <summary>The scheduler's flags of a <c>virtual_server</c>.</summary>
[Flags]
public enum SchedulerFlags
{
    None = 0,

    /// <summary><c>flag-1</c>, <c>sh-fallback</c>, <c>mh-fallback</c>.</summary>
    First = 1,

    /// <summary><c>flag-2</c>, <c>sh-port</c>, <c>mh-port</c>.</summary>
    Second = 2,

    /// <summary><c>flag-3</c>.</summary>
    Third = 4,
}
