using Pointsman.Linux;

namespace Pointsman.Dataplane.Tables;

/// <summary>Words a refusal of the kernel for the operator: what failed and what to do.</summary>
internal static class Failures
{
    // E2BIG and ENOSPC: a table is full.
    private const int TooBig = 7;
    private const int NoMemory = 12;
    private const int NoSpace = 28;

    internal static DataplaneException Describe(string what, ErrnoException refused)
    {
        string remedy = refused.Errno switch
        {
            Errno.NotPermitted or Errno.AccessDenied when !Environment.IsPrivilegedProcess =>
                "run as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_SYS_RESOURCE",
            Errno.NotPermitted when refused.Detail is null or "" =>
                "the kernel refuses BPF, or locked memory is limited: try ulimit -l unlimited",
            Errno.AccessDenied or Errno.InvalidArgument or Errno.NotPermitted
                when !string.IsNullOrEmpty(refused.Detail) =>
                $"the kernel's verifier refused the program: {refused.Detail} (Linux 5.10 or later is needed)",
            Errno.InvalidArgument or Errno.NotSupported =>
                "the kernel is too old or built without it; Linux 5.10 or later with CONFIG_BPF_SYSCALL is needed",
            NoMemory => "not enough memory, or locked memory is limited: try a smaller connection table",
            TooBig or NoSpace => "a table is full",
            _ => refused.Detail ?? string.Empty,
        };
        string line = $"{what}: {ErrnoException.Text(refused.Errno)}: {remedy}";
        return new DataplaneException(line.TrimEnd(':', ' '), refused);
    }
}
