using System.Buffers.Binary;
using System.Text;

namespace Pointsman.Probes;

/* RFC 1035 §4.1.1, the header of a message

     0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
   |                      ID                       |
   |QR|   Opcode  |AA|TC|RD|RA|   Z    |   RCODE   |
   |        counts: question, answer, ...          |  */

/// <summary>A question to a name server, and what its answer says of success.</summary>
internal static class DnsQuery
{
    private const int HeaderBytes = 12;
    private const int FlagsAt = 2;
    private const int QuestionCountAt = 4;
    private const ushort RecursionDesired = 0x0100;
    private const ushort ClassInternet = 1;
    private const byte ResponseBit = 0x80;
    private const byte ResponseCodeMask = 0x0f;

    internal static byte[] Write(ushort id, ushort recordType, string name)
    {
        using var message = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        BinaryPrimitives.WriteUInt16BigEndian(header[FlagsAt..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(header[QuestionCountAt..], 1);
        message.Write(header);
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            message.WriteByte((byte)label.Length);
            message.Write(Encoding.ASCII.GetBytes(label));
        }

        message.WriteByte(0);
        Span<byte> kind = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(kind, recordType);
        BinaryPrimitives.WriteUInt16BigEndian(kind[2..], ClassInternet);
        message.Write(kind);
        return message.ToArray();
    }

    /// <summary>Null: it answers another question, or none. Otherwise the response code, 0 for success.</summary>
    internal static int? ResponseCode(ReadOnlySpan<byte> answer, ushort id) =>
        answer.Length < HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(answer) != id || (answer[FlagsAt] & ResponseBit) == 0
            ? null
            : answer[FlagsAt + 1] & ResponseCodeMask;

    /// <summary>RFC 1035 §4.1.1, RFC 6895 §2.3.</summary>
    internal static string NameOf(int code) => code switch
    {
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        9 => "NOTAUTH",
        _ => $"code {code}",
    };
}
