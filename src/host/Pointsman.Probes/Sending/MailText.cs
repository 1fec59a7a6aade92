using System.Globalization;
using System.Text;

namespace Pointsman.Probes.Sending;

/// <summary>Lays out a mail as RFC 5322 §2 has it and RFC 5321 §4.5.2 sends it.</summary>
internal static class MailText
{
    /// <summary>Headers, an empty line and the text; ends with the lone dot.</summary>
    internal static byte[] Write(Mail mail, MailSettings settings)
    {
        var text = new StringBuilder();
        // RFC 5322 §3.3, in the order and with the headers of keepalived.
        Line($"Date: {mail.At.ToString("ddd, dd MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture)}{Zone(mail.At.Offset)}");
        Line($"From: {OneLine(settings.From)}");
        Line($"Subject: {Encoded(OneLine(mail.Subject))}");
        Line("X-Mailer: Keepalived");
        Line($"To: {string.Join(", ", settings.To.Select(OneLine))}");
        Line($"Message-ID: <{mail.Id:N}@{OneLine(settings.HeloName)}>");
        if (!Ascii.IsValid(mail.Body))
        {
            Line("MIME-Version: 1.0");
            Line("Content-Type: text/plain; charset=utf-8");
            Line("Content-Transfer-Encoding: 8bit");
        }

        Line("");
        foreach (string line in mail.Body.ReplaceLineEndings("\n").Split('\n'))
        {
            // RFC 5321 §4.5.2: a line that begins with a dot gets another one.
            Line(line.StartsWith('.') ? $".{line}" : line);
        }

        Line("");
        Line(".");
        return Encoding.UTF8.GetBytes(text.ToString());

        void Line(string line) => text.Append(line).Append("\r\n");
    }

    private static string Zone(TimeSpan offset) => string.Create(
        CultureInfo.InvariantCulture, $"{(offset < TimeSpan.Zero ? '-' : '+')}{Math.Abs(offset.Hours):00}{Math.Abs(offset.Minutes):00}");

    // A header is one line, whatever a name in the configuration holds.
    private static string OneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));

    // RFC 2047 §2 bounds an encoded word to 75 characters; each chunk of 40 bytes makes one of 66.
    private static string Encoded(string subject)
    {
        if (Ascii.IsValid(subject))
        {
            return subject;
        }

        var words = new List<string>();
        var chunk = new List<byte>();
        foreach (Rune rune in subject.EnumerateRunes())
        {
            byte[] bytes = Encoding.UTF8.GetBytes(rune.ToString());
            if (chunk.Count + bytes.Length > 40)
            {
                words.Add($"=?utf-8?B?{Convert.ToBase64String([.. chunk])}?=");
                chunk.Clear();
            }

            chunk.AddRange(bytes);
        }

        words.Add($"=?utf-8?B?{Convert.ToBase64String([.. chunk])}?=");
        return string.Join("\r\n ", words);
    }
}
