using System.Runtime.InteropServices;

namespace Pointsman.Linux.Patterns;

/// <summary>libpcre2-8, which every Debian has: its C library for files depends on it.</summary>
internal static unsafe partial class LibPcre2
{
    private const string Library = "libpcre2-8.so.0";

    internal const int PCRE2_ERROR_NOMATCH = -1;

    [LibraryImport(Library, EntryPoint = "pcre2_compile_8")]
    internal static partial nint Compile(
        byte* pattern, nuint lengthBytes, uint options, int* error, nuint* offset, nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_code_free_8")]
    internal static partial void FreeCode(nint code);

    [LibraryImport(Library, EntryPoint = "pcre2_match_data_create_from_pattern_8")]
    internal static partial nint CreateMatchData(nint code, nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_match_data_free_8")]
    internal static partial void FreeMatchData(nint data);

    [LibraryImport(Library, EntryPoint = "pcre2_match_8")]
    internal static partial int Match(
        nint code, byte* subject, nuint lengthBytes, nuint start, uint options, nint data, nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_get_ovector_pointer_8")]
    internal static partial nuint* Offsets(nint data);

    [LibraryImport(Library, EntryPoint = "pcre2_get_error_message_8")]
    internal static partial int ErrorMessage(int error, byte* buffer, nuint sizeBytes);
}
