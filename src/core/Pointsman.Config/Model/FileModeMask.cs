using System.Collections.Immutable;
using System.Globalization;

namespace Pointsman.Config.Model;

/// <summary>A umask: what files are not to allow, of nine bits.</summary>
public readonly record struct FileModeMask(uint Bits)
{
    private const uint Most = 0x1ff;

    // From the highest bit on, as in <sys/stat.h> with an S_ in front.
    private static readonly ImmutableArray<string> s_names =
        ["IRUSR", "IWUSR", "IXUSR", "IRGRP", "IWGRP", "IXGRP", "IROTH", "IWOTH", "IXOTH"];

    /// <summary>As it is typed, in octal.</summary>
    public override string ToString() => $"0{Convert.ToString(Bits, 8)}";

    /// <summary>As umask(1) and the C language read it: octal with a zero in front, hexadecimal with 0x.</summary>
    /// <returns>Null: no such number, or more than nine bits.</returns>
    public static FileModeMask? ReadNumber(string text)
    {
        try
        {
            uint mask = text switch
            {
                ['0', 'x' or 'X', .. var digits] => Convert.ToUInt32(digits, 16),
                ['0', ..] => Convert.ToUInt32(text, 8),
                _ => uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
            };
            return mask <= Most ? new FileModeMask(mask) : null;
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    /// <returns>The bit of a name such as IWGRP; null: there is none.</returns>
    public static FileModeMask? ReadName(string name)
    {
        int at = s_names.IndexOf(name);
        return at < 0 ? null : new FileModeMask(0x100u >> at);
    }
}
