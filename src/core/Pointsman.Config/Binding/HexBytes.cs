using System.Collections.Immutable;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>
/// Bytes of <c>UDP_CHECK</c>: two hexadecimal digits each, with blanks as one likes, or a text in double quotes. An
/// <c>x</c> in place of a digit stands for any.
/// </summary>
internal static class HexBytes
{
    public const string Form = "hexadecimal digits, two for each byte, or a text in double quotes";
    public const string MaskedForm = "hexadecimal digits, two for each byte, `x` for any; or a text in double quotes; or nothing, for any answer";

    private const int AnyNibble = 0xf;

    public static UdpCheckConfig TakePayload(UdpCheckConfig check, Setting setting)
    {
        (ImmutableArray<byte> bytes, _) = Read(setting, Form, takesAny: false);
        return check with { Payload = bytes };
    }

    public static UdpCheckConfig TakeReply(UdpCheckConfig check, Setting setting)
    {
        if (setting.Statement.Arguments.IsEmpty)
        {
            return check with { RequireReply = true };
        }

        (ImmutableArray<byte> bytes, ImmutableArray<byte> mask) = Read(setting, MaskedForm, takesAny: true);
        return check with { RequireReply = true, Reply = bytes, ReplyMask = mask };
    }

    private static (ImmutableArray<byte> Bytes, ImmutableArray<byte> Mask) Read(Setting setting, string form, bool takesAny)
    {
        var bytes = ImmutableArray.CreateBuilder<byte>();
        var mask = ImmutableArray.CreateBuilder<byte>();
        foreach (Word word in setting.Statement.Arguments)
        {
            if (word.IsQuoted)
            {
                bytes.AddRange(System.Text.Encoding.Latin1.GetBytes(word.Text));
                mask.AddRange(new byte[word.Text.Length]);
            }
            else if (!TryReadDigits(word.Text, takesAny, bytes, mask))
            {
                ArgumentReader.ReportWrong(word, form, setting.Sink, word.Text.Length % 2 == 0 ? null : "a digit is missing");
                return ([], []);
            }
        }

        return (bytes.ToImmutable(), mask.ToImmutable());
    }

    private static bool TryReadDigits(
        string text, bool takesAny, ImmutableArray<byte>.Builder bytes, ImmutableArray<byte>.Builder mask)
    {
        if (text.Length % 2 != 0 || !text.All(digit => char.IsAsciiHexDigit(digit) || (takesAny && IsAny(digit))))
        {
            return false;
        }

        for (int i = 0; i < text.Length; i += 2)
        {
            bytes.Add((byte)((ValueOf(text[i]) << 4) | ValueOf(text[i + 1])));
            mask.Add((byte)((MaskOf(text[i]) << 4) | MaskOf(text[i + 1])));
        }

        return true;
    }

    private static bool IsAny(char digit) => digit is 'x' or 'X';

    private static int ValueOf(char digit) => IsAny(digit) ? 0 : Convert.ToInt32(digit.ToString(), 16);

    private static int MaskOf(char digit) => IsAny(digit) ? AnyNibble : 0;
}
