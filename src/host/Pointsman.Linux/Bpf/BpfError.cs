namespace Pointsman.Linux.Bpf;

internal static class BpfError
{
    /// <summary>libbpf returns negative error numbers; this makes them exceptions.</summary>
    internal static int Check(int result, string operation) =>
        result >= 0 ? result : throw new ErrnoException(operation, -result);
}
