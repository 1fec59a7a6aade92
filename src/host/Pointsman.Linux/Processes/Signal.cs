namespace Pointsman.Linux.Processes;

/// <summary>The signals this program sends, with their numbers on Linux.</summary>
public enum Signal
{
    /// <summary>Asks only whether the process exists.</summary>
    None = 0,
    Hangup = 1,
    Interrupt = 2,
    Kill = 9,
    User1 = 10,
    User2 = 12,
    Terminate = 15,
    Continue = 18,

    /// <summary>Freezes the process until <see cref="Continue"/>.</summary>
    Stop = 19,
}
