using System.Runtime.InteropServices;

namespace Pointsman.Linux.Processes;

/// <summary>Signals and identities.</summary>
internal static partial class LibCProcess
{
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUserId();

    internal const int SIGKILL = 9;
    internal const int SIGTERM = 15;
}
