using System.Text;
using Pointsman.Probes.Sending;

namespace Pointsman.Probes.Tests.Sending;

public sealed class MailTextTests
{
    private static readonly MailSettings Settings = new("10.0.0.25", 25, TimeSpan.FromSeconds(1), "edge", "lvs@example.org", ["a@example.org"]);

    [Fact]
    public void LineThatBeginsWithADot_GetsAnother() =>
        Assert.Contains("\r\n..\r\n..hidden\r\nlast\r\n\r\n.\r\n", Write("x", ".\n.hidden\r\nlast"), StringComparison.Ordinal);

    [Fact]
    public void NameWithALineBreak_MakesNoHeader() =>
        Assert.Contains("\r\nSubject: a  Bcc: b@example.org\r\n", Write("a\r\nBcc: b@example.org", "x"), StringComparison.Ordinal);

    [Fact]
    public void SubjectBeyondAscii_IsEncodedInShortWords()
    {
        string[] lines = Write($"[lb1] VRRP Instance {new string('ü', 60)} - down", "y").Split("\r\n");
        int at = Array.FindIndex(lines, line => line.StartsWith("Subject: ", StringComparison.Ordinal));
        string[] words = [.. lines[at..].TakeWhile((line, index) => index == 0 || line.StartsWith(' ')).Select(line => line.Split(' ')[^1])];
        Assert.All(words, word => Assert.True(word.Length <= 75));
        Assert.Equal(
            $"[lb1] VRRP Instance {new string('ü', 60)} - down",
            string.Concat(words.Select(word => Encoding.UTF8.GetString(Convert.FromBase64String(word["=?utf-8?B?".Length..^2])))));
    }

    [Fact]
    public void Zone_WestOfGreenwich_HasItsSign() => Assert.Contains(
        "Date: Sat, 21 Nov 2026 08:00:00 -0530\r\n",
        Encoding.UTF8.GetString(MailText.Write(
            new Mail("x", "y", new DateTimeOffset(2026, 11, 21, 8, 0, 0, new TimeSpan(-5, -30, 0))), Settings)),
        StringComparison.Ordinal);

    private static string Write(string subject, string body) =>
        Encoding.UTF8.GetString(MailText.Write(new Mail(subject, body, DateTimeOffset.UnixEpoch), Settings));
}
