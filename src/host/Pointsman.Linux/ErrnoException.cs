using System.Runtime.InteropServices;

namespace Pointsman.Linux;

/// <summary>The kernel refused: what was asked, the error number and its text, and what the kernel added in words.</summary>
public sealed class ErrnoException(string operation, int errno, string? detail = null)
    : Exception(Describe(operation, errno, detail))
{
    /// <summary>The call and its telling arguments, as one would write it in C.</summary>
    public string Operation { get; } = operation;

    /// <summary>A positive error number; see <see cref="Linux.Errno"/>.</summary>
    public int Errno { get; } = errno;

    /// <summary>The kernel's own explanation (netlink's extended acknowledgement, the verifier's log), when there is one.</summary>
    public string? Detail { get; } = detail;

    /// <summary>The C library's words for an error number.</summary>
    public static string Text(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    internal static ErrnoException Last(string operation) => new(operation, LibC.LastError);

    private static string Describe(string operation, int errno, string? detail) => string.IsNullOrEmpty(detail)
        ? $"{operation}: {Text(errno)} (errno {errno})"
        : $"{operation}: {Text(errno)} (errno {errno}): {detail}";
}
