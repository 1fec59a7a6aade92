using System.Security.Cryptography.X509Certificates;
using Pointsman.Probes.Sending;

namespace Pointsman.Probes.Tests.Sending;

/// <summary>One mail to one server, willing or not.</summary>
public sealed class SmtpCourierTests : IDisposable
{
    private static readonly Mail AMail = new(
        "[LVS1] VRRP Instance VI_1 - Entering MASTER state",
        "=> VRRP Instance is now owning VRRP VIPs <=",
        new DateTimeOffset(2026, 11, 21, 13, 36, 26, TimeSpan.Zero));

    private readonly string _folder = Directory.CreateTempSubdirectory("pm-mail").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // What keepalived 2.2.7 sends, with a Message-ID besides.
    [Fact]
    public async Task PlainServer_HearsWhatKeepalivedSays()
    {
        await using var sink = new MailSink();

        Assert.Equal("SMTP alert successfully sent.", Assert.IsType<Delivery.Done>(await SendAsync(Settings(sink))).LogLine);

        Assert.Equal(
            [
                "HELO edge", "MAIL FROM:<lvs@example.org>", "RCPT TO:<a@example.org>", "RCPT TO:<b@example.org>", "DATA",
                "Date: Sat, 21 Nov 2026 13:36:26 +0000", "From: lvs@example.org",
                "Subject: [LVS1] VRRP Instance VI_1 - Entering MASTER state", "X-Mailer: Keepalived", "To: a@example.org, b@example.org",
                $"Message-ID: <{AMail.Id:N}@edge>", "", "=> VRRP Instance is now owning VRRP VIPs <=", "", ".", "QUIT",
            ],
            sink.Heard);
    }

    [Theory]
    [InlineData("MAIL", "550 not you\r\n", "MAIL FROM lvs@example.org: it answers 550 not you")]
    [InlineData("RCPT", "550-no\r\n550 nobody\r\n", "nobody may get it: a@example.org (550 no nobody); b@example.org (550 no nobody)")]
    [InlineData(".", "554 spam\r\n", "the mail: it answers 554 spam")]
    public async Task ServerThatDoesNotWantTheMail_IsNotAskedAgain(string command, string answer, string reason)
    {
        await using var sink = new MailSink(new() { [command] = answer });

        Assert.Equal(reason, Assert.IsType<Delivery.Refused>(await SendAsync(Settings(sink))).Reason);
    }

    [Theory]
    [InlineData("greeting", "554 closed\r\n", "its greeting: it answers 554 closed")]
    [InlineData("greeting", "silence", "its greeting: no answer within 0.3 s")]
    [InlineData("greeting", "drip 220 this will never come to its end because it is so slow\r\n", "its greeting: no answer within 0.3 s")]
    [InlineData("greeting", "HTTP/1.1 400 Bad\u0001\r\n", "it does not speak SMTP: HTTP/1.1 400 Bad.")]
    [InlineData("HELO", "421 busy\r\n", "HELO: it answers 421 busy")]
    [InlineData("MAIL", "451 later\r\n", "MAIL FROM lvs@example.org: it answers 451 later")]
    [InlineData("RCPT", "450 greylisted\r\n", "nobody may get it: a@example.org (450 greylisted); b@example.org (450 greylisted)")]
    [InlineData("DATA", "silence", "DATA: no answer within 0.3 s")]
    [InlineData(".", "452 full\r\n", "the mail: it answers 452 full")]
    public async Task ServerInTrouble_IsTriedAgain(string command, string answer, string reason)
    {
        await using var sink = new MailSink(new() { [command] = answer });

        Assert.Equal(reason, Assert.IsType<Delivery.Failed>(await SendAsync(Settings(sink))).Reason);
    }

    [Fact]
    public async Task ServerThatNeverEndsItsGreeting_IsBounded()
    {
        await using var server = new ScriptedServer(async (stream, stop) =>
        {
            while (true)
            {
                await stream.WriteAsync("220-more and more\r\n"u8.ToArray(), stop);
            }
        });

        Delivery delivery = await SmtpCourier.DeliverAsync(
            AMail, new MailSettings("127.0.0.1", server.Endpoint.Port, TimeSpan.FromSeconds(20), "edge", "x@y", ["a@b"]), default);

        Assert.Equal("its greeting: the answer does not end", Assert.IsType<Delivery.Failed>(delivery).Reason);
    }

    [Fact]
    public async Task ServerThatHangsUpInsteadOfAGoodbye_HasTheMail()
    {
        await using var sink = new MailSink(new() { ["QUIT"] = "" });

        Assert.IsType<Delivery.Done>(await SendAsync(Settings(sink)));
    }

    [Fact]
    public async Task NobodyListens_IsSaidAsKeepalivedSaysIt()
    {
        ushort port;
        await using (var sink = new MailSink())
        {
            port = sink.Port;
        }

        Delivery delivery = await SendAsync(new MailSettings("127.0.0.1", port, TimeSpan.FromSeconds(5), "edge", "x@y", ["a@b"]));

        Assert.Equal($"SMTP connection ERROR to [127.0.0.1]:{port}: Connection refused", Assert.IsType<Delivery.Failed>(delivery).Reason);
    }

    [Fact]
    public async Task OneRecipientRefused_TheOtherGetsIt_AndItIsSaid()
    {
        int asked = 0;
        await using var server = new ScriptedServer(async (stream, stop) =>
        {
            using var reader = new StreamReader(stream, leaveOpen: true);
            await SayAsync("220 x");
            while (await reader.ReadLineAsync(stop) is { } line)
            {
                await SayAsync(line.StartsWith("RCPT", StringComparison.Ordinal) && asked++ == 0 ? "550 who?"
                    : line == "DATA" ? "354 go" : "250 ok");
                while (line == "DATA" && await reader.ReadLineAsync(stop) is { } text)
                {
                    if (text == ".")
                    {
                        await SayAsync("250 queued");
                        break;
                    }
                }
            }

            async Task SayAsync(string words) => await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(words + "\r\n"), stop);
        });

        Delivery delivery = await SendAsync(
            new MailSettings("127.0.0.1", server.Endpoint.Port, TimeSpan.FromSeconds(5), "edge", "x@y", ["a@b", "c@d"]));

        Assert.Equal("SMTP alert successfully sent. It did not go to a@b (550 who?).", Assert.IsType<Delivery.Done>(delivery).LogLine);
    }

    [Theory]
    [InlineData("PLAIN", "235 welcome\r\n", "AUTH PLAIN AGxiMQBzZWNyZXQ=")]
    [InlineData("LOGIN", "334 VXNlcm5hbWU6\r\n", "AUTH LOGIN", "bGIx", "c2VjcmV0")]
    public async Task Encrypted_LogsInAfterwardsOnly(string way, string answer, params string[] login)
    {
        using X509Certificate2 certificate = MailSink.CertificateFor("mail.example");
        await using var sink = new MailSink(
            new() { ["EHLO"] = $"250-STARTTLS\r\n250 AUTH {way}\r\n", ["AUTH"] = answer, ["bGIx"] = "334 x\r\n", ["c2VjcmV0"] = "235 ok\r\n" },
            certificate);

        Delivery delivery = await SendAsync(Encrypted(sink) with { Login = new MailLogin("lb1", Save("password", "secret\n")) });

        Assert.IsType<Delivery.Done>(delivery);
        Assert.Equal(["EHLO edge", "STARTTLS", "EHLO edge", .. login, "MAIL FROM:<lvs@example.org>"], sink.Heard.Take(4 + login.Length));
    }

    [Fact]
    public async Task WrongName_NothingIsSent()
    {
        using X509Certificate2 certificate = MailSink.CertificateFor("other.example");
        await using var sink = new MailSink(certificate: certificate);

        Assert.StartsWith("TLS: ", Assert.IsType<Delivery.Failed>(await SendAsync(Encrypted(sink))).Reason, StringComparison.Ordinal);

        Assert.Equal(["EHLO edge", "STARTTLS"], sink.Heard);
    }

    [Fact]
    public async Task UnknownAuthority_NothingIsSent()
    {
        using X509Certificate2 certificate = MailSink.CertificateFor("mail.example");
        await using var sink = new MailSink(certificate: certificate);

        Delivery delivery = await SendAsync(Encrypted(sink) with { Authorities = null });

        Assert.StartsWith("TLS: ", Assert.IsType<Delivery.Failed>(delivery).Reason, StringComparison.Ordinal);
        Assert.Equal(["EHLO edge", "STARTTLS"], sink.Heard);
    }

    [Theory]
    [InlineData("EHLO", "250 hello\r\n", "it offers no STARTTLS, and nothing is sent in clear text")]
    [InlineData("STARTTLS", "220 go\r\n250 injected\r\n", "somebody on the way has put words before the encryption")]
    [InlineData("STARTTLS", "454 not now\r\n", "STARTTLS: it answers 454 not now")]
    public async Task EncryptionThatCannotBe_NothingIsSent(string command, string answer, string reason)
    {
        using X509Certificate2 certificate = MailSink.CertificateFor("mail.example");
        await using var sink = new MailSink(new() { [command] = answer }, certificate);

        Assert.Equal(reason, Assert.IsType<Delivery.Failed>(await SendAsync(Encrypted(sink))).Reason);
        Assert.DoesNotContain(sink.Heard, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("535 wrong\r\n", "login of lb1: it answers 535 wrong")]
    [InlineData("silence", "AUTH PLAIN: no answer within 2 s")]
    public async Task LoginRefused_IsToldWithoutThePassword(string answer, string reason)
    {
        using X509Certificate2 certificate = MailSink.CertificateFor("mail.example");
        await using var sink = new MailSink(new() { ["AUTH"] = answer }, certificate);

        Delivery delivery = await SendAsync(Encrypted(sink) with
        {
            StepTimeout = TimeSpan.FromSeconds(2), Login = new MailLogin("lb1", Save("password", "secret\n")),
        });

        Assert.Equal(reason, Assert.IsType<Delivery.Failed>(delivery).Reason);
    }

    [Fact]
    public async Task PasswordFileMissing_IsTold()
    {
        using X509Certificate2 certificate = MailSink.CertificateFor("mail.example");
        await using var sink = new MailSink(certificate: certificate);

        Delivery delivery = await SendAsync(Encrypted(sink) with { Login = new MailLogin("lb1", $"{_folder}/nothing") });

        Assert.StartsWith("the password file: ", Assert.IsType<Delivery.Failed>(delivery).Reason, StringComparison.Ordinal);
    }

    private static MailSettings Settings(MailSink sink) => new(
        "127.0.0.1", sink.Port, TimeSpan.FromMilliseconds(300), "edge", "lvs@example.org", ["a@example.org", "b@example.org"]);

    private static Task<Delivery> SendAsync(MailSettings settings) => SmtpCourier.DeliverAsync(AMail, settings, default);

    private MailSettings Encrypted(MailSink sink) => Settings(sink) with
    {
        StepTimeout = TimeSpan.FromSeconds(20),
        Encryption = MailEncryption.StartTls,
        CertificateName = "mail.example",
        Authorities = Save("ca.pem", sink.Certificate!.ExportCertificatePem()),
    };

    private string Save(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
