namespace Pointsman.App;

/// <summary>Exit codes of the program's own verbs and of the daemon; the numbers are keepalived's.</summary>
internal static class ExitCode
{
    internal const int Ok = 0;

    /// <summary>Anything that has no code of its own.</summary>
    internal const int Failure = 1;

    /// <summary>The configuration has errors.</summary>
    internal const int Configuration = 2;

    /// <summary>The command line is not understood.</summary>
    internal const int WrongUsage = 2;

    /// <summary>Not root, or a capability is missing.</summary>
    internal const int Permission = 4;

    /// <summary><c>keepalived -t</c>: the configuration cannot be read.</summary>
    internal const int TestCannotRead = 4;

    /// <summary><c>keepalived -t</c>: something was reported, a warning included.</summary>
    internal const int TestReported = 5;

    /// <summary><c>keepalived -t</c>: scripts run as root because nobody said otherwise. Comes before 5, as keepalived has it.</summary>
    internal const int TestInsecure = 6;
}
