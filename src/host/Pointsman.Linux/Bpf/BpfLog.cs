using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Pointsman.Linux.Bpf;

/// <summary>
/// Collects what libbpf prints on this thread (the verifier's log with it) instead of letting it go to stderr.
/// </summary>
internal sealed unsafe class BpfLog : IDisposable
{
    private const int LimitCharacters = 64 * 1024;

    private static readonly string[] s_figures = ["processed ", "verification time ", "stack depth ", "max_states"];

    [ThreadStatic]
    private static BpfLog? s_current;

    private readonly StringBuilder _text = new();

    static BpfLog() => LibBpf.SetPrint(&Print);

    internal BpfLog() => s_current = this;

    /// <summary>The last line of what libbpf printed: the step that failed.</summary>
    internal string Reason() =>
        _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault()?.Trim() ?? string.Empty;

    /// <summary>
    /// The last line of a verifier's log that is not one of its figures: why it refused; null: nothing is there.
    /// </summary>
    internal static string? ReasonIn(string verifierLog) => verifierLog
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .LastOrDefault(line => !s_figures.Any(figure => line.StartsWith(figure, StringComparison.Ordinal)));

    public void Dispose() => s_current = null;

    /// <summary>Makes libbpf silent outside of collections too.</summary>
    internal static void Silence() => RuntimeHelpers.RunClassConstructor(typeof(BpfLog).TypeHandle);

    [UnmanagedCallersOnly]
    private static int Print(int level, byte* format, nint arguments)
    {
        const int DebugLevel = 2;
        StringBuilder? log = s_current?._text;
        if (log is null || level >= DebugLevel)
        {
            return 0;
        }

        const int SizeBytes = 32 * 1024;
        byte* line = stackalloc byte[SizeBytes];
        int length = LibCMemory.Format(line, SizeBytes, format, arguments);
        log.Append(Encoding.UTF8.GetString(line, Math.Clamp(length, 0, SizeBytes - 1)));
        if (log.Length > LimitCharacters)
        {
            // The end says why.
            log.Remove(0, log.Length - LimitCharacters);
        }

        return 0;
    }
}
