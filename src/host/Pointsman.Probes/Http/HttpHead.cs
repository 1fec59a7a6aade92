using System.Globalization;
using System.Text;

namespace Pointsman.Probes.Http;

/// <summary>What the head of an answer says that a check needs.</summary>
/// <param name="LengthBytes">Up to the end of the blank line.</param>
/// <param name="Status">0: the first line is none of HTTP.</param>
/// <param name="ContentLength">Null: not said, or not a number.</param>
internal readonly record struct HttpHead(int LengthBytes, int Status, long? ContentLength)
{
    private const string LengthName = "Content-Length:";

    /// <summary>Null: the blank line has not come yet. RFC 9112 §2.2: a line may end without CR, too.</summary>
    /// <param name="seen">Bytes that were looked at before, so that an answer of single bytes is not read over and over.</param>
    internal static HttpHead? TryRead(ReadOnlySpan<byte> bytes, int seen = 0)
    {
        int end = EndOf(bytes, Math.Max(0, seen - 2));
        if (end < 0)
        {
            return null;
        }

        string text = Encoding.Latin1.GetString(bytes[..end]);
        return new HttpHead(end, StatusOf(text), ContentLengthOf(text));
    }

    private static int EndOf(ReadOnlySpan<byte> bytes, int from)
    {
        for (int i = from; i < bytes.Length; i++)
        {
            if (bytes[i] != '\n')
            {
                continue;
            }

            int next = i + 1 < bytes.Length && bytes[i + 1] == '\r' ? i + 2 : i + 1;
            if (next < bytes.Length && bytes[next] == '\n')
            {
                return next + 1;
            }
        }

        return -1;
    }

    // RFC 9112 §4: HTTP-version SP status-code SP [reason-phrase]
    private static int StatusOf(string text)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        if (!text.StartsWith("HTTP/", StringComparison.Ordinal) || space < 0 || text.Length < space + 5)
        {
            return 0;
        }

        bool isWhole = !char.IsAsciiDigit(text[space + 4]);
        return isWhole && int.TryParse(text.AsSpan(space + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            ? status
            : 0;
    }

    private static long? ContentLengthOf(string text)
    {
        int at = text.IndexOf('\n' + LengthName, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        int start = at + 1 + LengthName.Length;
        int end = text.IndexOf('\n', start);
        return long.TryParse(text.AsSpan(start, end - start).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            ? length
            : null;
    }
}
