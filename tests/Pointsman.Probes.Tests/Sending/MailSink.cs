using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Pointsman.Probes.Tests.Sending;

/// <summary>A mail server that answers each command as the test says, and keeps what it is told.</summary>
internal sealed class MailSink : IAsyncDisposable
{
    private readonly ScriptedServer _server;
    private readonly Dictionary<string, string> _answers;

    /// <param name="answers">Other answers than the usual ones, by the first word of the command; <c>.</c> is the end of a mail.</param>
    /// <param name="certificate">Shown after STARTTLS.</param>
    internal MailSink(Dictionary<string, string>? answers = null, X509Certificate2? certificate = null)
    {
        Certificate = certificate;
        _answers = new Dictionary<string, string>
        {
            ["greeting"] = "220 sink\r\n", ["HELO"] = "250 hello\r\n", ["EHLO"] = "250-hello\r\n250-STARTTLS\r\n250 AUTH LOGIN PLAIN\r\n",
            ["STARTTLS"] = "220 go\r\n", ["AUTH"] = "235 welcome\r\n", ["MAIL"] = "250 ok\r\n", ["RCPT"] = "250 ok\r\n",
            ["DATA"] = "354 go\r\n", ["."] = "250 queued\r\n", ["QUIT"] = "221 bye\r\n",
        };
        foreach ((string command, string answer) in answers ?? [])
        {
            _answers[command] = answer;
        }

        _server = new ScriptedServer(ServeAsync);
    }

    internal ushort Port => _server.Endpoint.Port;

    internal List<string> Heard { get; } = [];

    internal X509Certificate2? Certificate { get; }

    /// <summary>From now on.</summary>
    internal void Answer(string command, string answer) => _answers[command] = answer;

    internal static X509Certificate2 CertificateFor(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(Stream plain, CancellationToken stop)
    {
        Stream stream = plain;
        await SayAsync("greeting");
        bool isData = false;
        while (await ReadLineAsync(stream, stop) is { } line)
        {
            lock (Heard)
            {
                Heard.Add(line);
            }

            string command = line.Split(' ', ':')[0];
            if (isData && line != ".")
            {
                continue;
            }

            isData = command == "DATA";
            await SayAsync(command);
            if (command == "STARTTLS")
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, stop);
                stream = tls;
            }

            if (command == "QUIT")
            {
                return;
            }
        }

        async Task SayAsync(string command)
        {
            string answer = _answers.GetValueOrDefault(command, "500 what?\r\n");
            if (answer == "silence")
            {
                await Task.Delay(Timeout.Infinite, stop);
            }

            int step = answer.StartsWith("drip ", StringComparison.Ordinal) ? 1 : answer.Length;
            foreach (char[] piece in answer[(step == 1 ? 5 : 0)..].Chunk(Math.Max(step, 1)))
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(piece), stop);
                await Task.Delay(step == 1 ? 50 : 0, stop);
            }
        }
    }

    private static async Task<string?> ReadLineAsync(Stream stream, CancellationToken stop)
    {
        var line = new List<byte>();
        var buffer = new byte[1];
        while (await stream.ReadAsync(buffer, stop) > 0)
        {
            if (buffer[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(buffer[0]);
        }

        return null;
    }
}
