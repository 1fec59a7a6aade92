using System.Text;

namespace Pointsman.Balance.Connections;

/// <summary>
/// The Call-ID of a SIP message (RFC 3261 §8.1.1.4), as the kernel's persistence engine finds it: in the first line that
/// begins with its name; its value is one word, or two with an @ between, and ends the line.
/// </summary>
public static class CallId
{
    /// <summary>IPVS's limit (IP_VS_PEDATA_MAXLEN).</summary>
    public const int MostBytes = 128;

    private const byte Return = (byte)'\r';
    private const byte Feed = (byte)'\n';

    private static ReadOnlySpan<byte> Name => "call-id"u8;

    /// <summary>Null: the message has none that counts.</summary>
    public static string? Of(ReadOnlySpan<byte> message)
    {
        int at = 0;
        while (NextLine(message, ref at))
        {
            int name = NameLength(message[at..]);
            if (name == 0)
            {
                // What a line begins with does not end it.
                at++;
                continue;
            }

            at = SkipBlanks(message, at + name);
            if (at < 0 || at >= message.Length || message[at] != ':')
            {
                return null;
            }

            at = SkipBlanks(message, at + 1);
            if (at < 0)
            {
                return null;
            }

            int length = ValueLength(message[at..]);
            if (length > 0)
            {
                bool isWhole = at + length < message.Length && message[at + length] is Return or Feed;
                return isWhole && length <= MostBytes ? Encoding.Latin1.GetString(message.Slice(at, length)) : null;
            }
        }

        return null;
    }

    /// <summary>To where the next line begins; false: none does.</summary>
    private static bool NextLine(ReadOnlySpan<byte> message, ref int at)
    {
        if (at >= message.Length)
        {
            return false;
        }

        int end = message[at..].IndexOfAny(Return, Feed);
        if (end < 0)
        {
            return false;
        }

        at += end + LineEnd(message[(at + end)..]);
        return at < message.Length;
    }

    private static int LineEnd(ReadOnlySpan<byte> rest) => rest is [Return, Feed, ..] ? 2 : 1;

    private static int NameLength(ReadOnlySpan<byte> line)
    {
        bool isLong = line.Length >= Name.Length && Ascii.EqualsIgnoreCase(line[..Name.Length], Name);
        bool isShort = line.Length >= 2 && line[0] is (byte)'i' or (byte)'I' && !IsLetter(line[1]);
        return isLong ? Name.Length : isShort ? 1 : 0;
    }

    /// <summary>Over blanks, and one end of a line with blanks behind it; -1: the line ends here.</summary>
    private static int SkipBlanks(ReadOnlySpan<byte> message, int at)
    {
        at = SkipSpaces(message, at);
        if (at >= message.Length || message[at] is not (Return or Feed))
        {
            return at;
        }

        int next = at + LineEnd(message[at..]);
        return next < message.Length && message[next] is (byte)' ' or (byte)'\t' ? SkipSpaces(message, next) : -1;
    }

    private static int SkipSpaces(ReadOnlySpan<byte> message, int at)
    {
        while (at < message.Length && message[at] is (byte)' ' or (byte)'\t')
        {
            at++;
        }

        return at;
    }

    private static int ValueLength(ReadOnlySpan<byte> value)
    {
        int word = WordLength(value);
        if (word == 0 || word == value.Length || value[word] != '@')
        {
            return word;
        }

        int domain = WordLength(value[(word + 1)..]);
        return domain == 0 ? 0 : word + 1 + domain;
    }

    private static int WordLength(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (length < text.Length && IsOfWord(text[length]))
        {
            length++;
        }

        return length;
    }

    // RFC 3261 §25.1; and the letters of Latin-1, as the kernel's table has them.
    private static bool IsOfWord(byte value) => IsLetter(value) || char.IsAsciiDigit((char)value) || "-.!%*_+`'~()<>:\\\"/[]?{}"u8.Contains(value);

    private static bool IsLetter(byte value) => char.IsAsciiLetter((char)value) || (value >= 0xc0 && value is not (0xd7 or 0xf7));
}
