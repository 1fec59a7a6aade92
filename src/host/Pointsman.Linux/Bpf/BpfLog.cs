using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Pointsman.Linux.Bpf;

/// <summary>Collects what libbpf prints on this thread (the verifier's log with it) instead of letting it go to stderr.</summary>
internal sealed unsafe class BpfLog : IDisposable
{
    private const int LimitCharacters = 64 * 1024;

    [ThreadStatic]
    private static BpfLog? s_current;

    private readonly StringBuilder _text = new();

    static BpfLog() => LibBpf.SetPrint(&Print);

    internal BpfLog() => s_current = this;

    /// <summary>The lines that say why; libbpf's own remarks and the verifier's figures are left out.</summary>
    internal string Reason()
    {
        string? reason = null;
        foreach (string line in _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string text = line.Trim();
            bool isRemark = text.StartsWith("libbpf:", StringComparison.Ordinal)
                || text.StartsWith("processed ", StringComparison.Ordinal)
                || text.StartsWith("verification time", StringComparison.Ordinal)
                || text.StartsWith("stack depth", StringComparison.Ordinal)
                || text.StartsWith("--", StringComparison.Ordinal);
            if (!isRemark || reason is null)
            {
                reason = text;
            }
        }

        return reason ?? string.Empty;
    }

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
            // The end of a verifier's log says why.
            log.Remove(0, log.Length - LimitCharacters);
        }

        return 0;
    }
}
