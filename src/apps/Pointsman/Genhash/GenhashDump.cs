using System.Globalization;
using System.Text;
using Pointsman.Probes.Http;

namespace Pointsman.App.Genhash;

/// <summary><c>genhash -v</c>: the answer in hexadecimal and letters, in genhash's own layout.</summary>
internal sealed class GenhashDump(TextWriter output) : HttpTrace
{
    private const int LineBytes = 16;

    private bool _hasBody;

    public override void OnHead(ReadOnlySpan<byte> head)
    {
        output.Write("-----------------------[    HTTP Header Buffer    ]-----------------------\n");
        Dump(head);
        output.Write("-----------------------[ HTTP Header Ascii Buffer ]-----------------------\n");
        output.Write(Encoding.Latin1.GetString(head));
        output.Write('\n');
    }

    public override void OnBody(ReadOnlySpan<byte> part)
    {
        if (!_hasBody)
        {
            _hasBody = true;
            output.Write("-----------------------[        HTML Buffer        ]-----------------------\n");
        }

        Dump(part);
    }

    internal void OnDigest(string digest)
    {
        output.Write("\n-----------------------[    HTML hash resulting    ]-----------------------\n");
        Dump(Convert.FromHexString(digest));
        output.Write("-----------------------[ HTML hash final resulting ]-----------------------\n");
    }

    private void Dump(ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at < bytes.Length; at += LineBytes)
        {
            ReadOnlySpan<byte> row = bytes[at..Math.Min(at + LineBytes, bytes.Length)];
            var numbers = new StringBuilder();
            var letters = new StringBuilder();
            for (int i = 0; i < LineBytes; i++)
            {
                numbers.Append(i < row.Length ? row[i].ToString("x2", CultureInfo.InvariantCulture) : "  ");
                numbers.Append(i == (LineBytes / 2) - 1 ? " - " : " ");
                letters.Append(i >= row.Length ? ' ' : row[i] is >= 0x20 and < 0x7f ? (char)row[i] : '.');
            }

            output.Write(string.Create(CultureInfo.InvariantCulture, $"{at:0000}  {numbers}  {letters}\n"));
        }
    }
}
