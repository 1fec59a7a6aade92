using System.Runtime.InteropServices;

namespace Pointsman.Linux.Network;

/// <summary>
/// Runs commands of <c>nft</c> by its library, in the network namespace of the thread that made it. Each text is one
/// transaction: all of it happens or nothing does.
/// </summary>
public sealed unsafe partial class Nftables : IDisposable
{
    private const string Library = "libnftables.so.1";

    private const uint Stateless = 1 << 2;
    private const uint AsJson = 1 << 4;
    private const uint Terse = 1 << 11;

    private nint _context;

    private Nftables(nint context) => _context = context;

    /// <returns>Null when the library is not installed: <paramref name="obstacle"/> says so.</returns>
    public static Nftables? TryOpen(out string obstacle)
    {
        obstacle = "";
        try
        {
            nint context = New(0);
            if (context != 0 && BufferError(context) == 0 && BufferOutput(context) == 0)
            {
                SetOutput(context, Stateless | Terse);
                return new Nftables(context);
            }
        }
        catch (DllNotFoundException)
        {
            // Said below, as for a library that does not start.
        }

        obstacle = $"{Library} cannot be used: install Debian's libnftables1";
        return null;
    }

    /// <returns>False when the kernel or the library refuses it: <paramref name="error"/> has their words.</returns>
    public bool TryRun(string commands, out string error)
    {
        bool isDone = Run(_context, commands) == 0;
        string said = Marshal.PtrToStringUTF8(ErrorBuffer(_context)) ?? "";

        // Fetching empties the buffer, and it must not grow.
        OutputBuffer(_context);
        error = isDone ? "" : string.Join(' ', said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(1));
        return isDone;
    }

    /// <summary>
    /// All tables, chains and rules as JSON (libnftables-json(5)), without what is in sets and counters; null when the kernel refuses, or
    /// the library was built without JSON.
    /// </summary>
    public string? ListAll()
    {
        SetOutput(_context, Stateless | Terse | AsJson);
        bool isThere = Run(_context, "list ruleset") == 0;
        string text = Marshal.PtrToStringUTF8(OutputBuffer(_context)) ?? "";
        ErrorBuffer(_context);
        SetOutput(_context, Stateless | Terse);
        return isThere && text.StartsWith('{') ? text : null;
    }

    /// <summary>A table as the kernel has it, without what is in its sets and counters; empty when there is none.</summary>
    public string List(string family, string table)
    {
        bool isThere = Run(_context, $"list table {family} {table}") == 0;
        string text = Marshal.PtrToStringUTF8(OutputBuffer(_context)) ?? "";
        ErrorBuffer(_context);
        return isThere ? text : "";
    }

    public void Dispose()
    {
        if (_context != 0)
        {
            Free(_context);
            _context = 0;
        }
    }

    [LibraryImport(Library, EntryPoint = "nft_ctx_new")]
    private static partial nint New(uint flags);

    [LibraryImport(Library, EntryPoint = "nft_ctx_output_set_flags")]
    private static partial void SetOutput(nint context, uint flags);

    [LibraryImport(Library, EntryPoint = "nft_ctx_free")]
    private static partial void Free(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_error")]
    private static partial int BufferError(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_output")]
    private static partial int BufferOutput(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_error_buffer")]
    private static partial nint ErrorBuffer(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_output_buffer")]
    private static partial nint OutputBuffer(nint context);

    [LibraryImport(Library, EntryPoint = "nft_run_cmd_from_buffer", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Run(nint context, string commands);
}
