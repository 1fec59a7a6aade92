using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Pointsman.Linux.Patterns;

/// <summary>
/// A Perl-compatible pattern over bytes, by the library keepalived uses: another engine would read the same patterns
/// differently.
/// </summary>
public sealed unsafe class PerlPattern : IDisposable
{
    // pcre2.h, by the names keepalived.conf has for them.
    private static readonly FrozenDictionary<string, uint> OptionBits = new Dictionary<string, uint>
    {
        ["allow_empty_class"] = 0x1,
        ["alt_bsux"] = 0x2,
        ["auto_callout"] = 0x4,
        ["caseless"] = 0x8,
        ["dollar_endonly"] = 0x10,
        ["dotall"] = 0x20,
        ["dupnames"] = 0x40,
        ["extended"] = 0x80,
        ["firstline"] = 0x100,
        ["match_unset_backref"] = 0x200,
        ["multiline"] = 0x400,
        ["never_ucp"] = 0x800,
        ["never_utf"] = 0x1000,
        ["no_auto_capture"] = 0x2000,
        ["no_auto_possess"] = 0x4000,
        ["no_dotstar_anchor"] = 0x8000,
        ["no_start_optimize"] = 0x10000,
        ["ucp"] = 0x20000,
        ["ungreedy"] = 0x40000,
        ["utf"] = 0x80000,
        ["never_backslash_c"] = 0x100000,
        ["alt_circumflex"] = 0x200000,
        ["alt_verbnames"] = 0x400000,
        ["use_offset_limit"] = 0x800000,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private nint _code;

    private PerlPattern(nint code) => _code = code;

    /// <param name="options">Names separated by blanks.</param>
    /// <param name="mistake">Why not, in the library's words.</param>
    public static PerlPattern? TryCompile(string pattern, string options, out string mistake)
    {
        uint bits = 0;
        foreach (string name in options.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            bits |= OptionBits[name];
        }

        byte[] bytes = Encoding.UTF8.GetBytes(pattern + '\0');
        int error;
        nuint offset;
        nint code;
        fixed (byte* first = bytes)
        {
            code = LibPcre2.Compile(first, (nuint)(bytes.Length - 1), bits, &error, &offset, 0);
        }

        mistake = code != 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Describe(error)}, at byte {offset}");
        return code == 0 ? null : new PerlPattern(code);
    }

    /// <summary>The first match that begins at or after <paramref name="start"/>.</summary>
    /// <param name="at">Where it begins.</param>
    /// <param name="mistake">Why the search was given up, such as a pattern that takes too long; empty: there is no match.</param>
    public bool TryFind(ReadOnlySpan<byte> subject, int start, out int at, out string mistake)
    {
        at = -1;
        mistake = "";
        if (start > subject.Length)
        {
            return false;
        }

        nint data = LibPcre2.CreateMatchData(_code, 0);
        try
        {
            int result;
            fixed (byte* first = subject)
            {
                byte nothing = 0;
                result = LibPcre2.Match(
                    _code, first is null ? &nothing : first, (nuint)subject.Length, (nuint)start, 0, data, 0);
            }

            if (result < 0)
            {
                mistake = result == LibPcre2.PCRE2_ERROR_NOMATCH ? "" : Describe(result);
                return false;
            }

            at = (int)LibPcre2.Offsets(data)[0];
            return true;
        }
        finally
        {
            LibPcre2.FreeMatchData(data);
        }
    }

    public void Dispose()
    {
        if (_code != 0)
        {
            LibPcre2.FreeCode(_code);
            _code = 0;
        }
    }

    private static string Describe(int error)
    {
        byte* buffer = stackalloc byte[256];
        int length = LibPcre2.ErrorMessage(error, buffer, 256);
        return length > 0 ? Encoding.UTF8.GetString(buffer, length) : string.Create(CultureInfo.InvariantCulture, $"error {error}");
    }
}
