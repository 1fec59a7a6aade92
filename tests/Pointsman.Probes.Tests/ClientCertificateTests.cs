using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pointsman.Base;
using Pointsman.Health;
using Pointsman.Probes.Http;

namespace Pointsman.Probes.Tests;

/// <summary><c>SSL</c>: <c>SSL_GET</c> of an nginx that serves only clients with a certificate of its authority.</summary>
public sealed class ClientCertificateTests(ClientCertificateTests.Site site) : IClassFixture<ClientCertificateTests.Site>
{
    private const string Password = "of the key";

    [Fact]
    public async Task WithoutACertificate_IsTurnedAway() =>
        Assert.Equal("status 400, expected 200-299", (await site.AskAsync(null)).Reason);

    [Theory]
    [InlineData("client.pem", "client.key", null, null)]
    [InlineData("client.pem", "locked.key", Password, null)]
    [InlineData("both.pem", "both.pem", null, null)]
    [InlineData("client.pem", "client.key", null, "root.pem")]
    public async Task WithACertificate_IsServedUnderItsName(string certificate, string key, string? password, string? authorities)
    {
        ProbeOutcome outcome = await site.AskAsync(new TlsClientFiles(site.In(certificate), site.In(key), password, authorities is null ? null : site.In(authorities)));
        Assert.True(outcome.IsSuccess, outcome.Reason);
    }

    [Theory]
    [InlineData("chain.pem", null)]
    [InlineData("distant.pem", "middle.pem")]
    public async Task CertificateOfAnIssuerBetween_ComesWithIt(string certificate, string? authorities)
    {
        var files = new TlsClientFiles(site.In(certificate), site.In("distant.key"), null, authorities is null ? null : site.In(authorities));
        ProbeOutcome outcome = await site.AskAsync(files);
        Assert.True(outcome.IsSuccess, outcome.Reason);
    }

    [Fact]
    public async Task CertificateThatIsRenewed_IsShownFromThenOn()
    {
        var files = new TlsClientFiles(site.In("turning.pem"), site.In("turning.key"), null, null);
        File.Copy(site.In("stranger.pem"), files.Certificate);
        File.Copy(site.In("stranger.key"), files.Key);
        Assert.Equal("status 400, expected 200-299", (await site.AskAsync(files)).Reason);

        File.Copy(site.In("client.pem"), files.Certificate, overwrite: true);
        File.Copy(site.In("client.key"), files.Key, overwrite: true);
        File.SetLastWriteTimeUtc(files.Key, DateTime.UtcNow.AddSeconds(2));
        ProbeOutcome outcome = await site.AskAsync(files);
        Assert.True(outcome.IsSuccess, outcome.Reason);
    }

    [Theory]
    [InlineData("nothing.pem", "client.key", null, "nothing.pem is missing")]
    [InlineData("client.pem", "stranger.key", null, "cannot be used")]
    [InlineData("client.pem", "locked.key", "wrong", "cannot be used")]
    [InlineData("nginx.conf", "client.key", null, "cannot be used")]
    public async Task CertificateThatCannotBeUsed_IsNamed(string certificate, string key, string? password, string says)
    {
        ProbeOutcome outcome = await site.AskAsync(new TlsClientFiles(site.In(certificate), site.In(key), password, null));
        Assert.IsType<ProbeOutcome.Error>(outcome);
        Assert.Contains(says, outcome.Reason, StringComparison.Ordinal);
    }

    /// <summary>An nginx, and certificates for and against it.</summary>
    public sealed class Site : IDisposable
    {
        private const string Program = "/usr/sbin/nginx";

        private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
        private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);

        private readonly string _folder = Directory.CreateTempSubdirectory("pm-tls").FullName;
        private readonly ushort _port = FreePort();
        private readonly Process _process;

        public Site()
        {
            Assert.SkipUnless(File.Exists(Program), "nginx is not installed (scripts/install-needs lab)");
            MakeCertificates();
            File.WriteAllText(In("nginx.conf"), $$"""
                daemon off; master_process off; worker_processes 1; pid {{In("pid")}}; error_log {{In("log")}};
                events { worker_connections 64; }
                http {
                    access_log off;
                    client_body_temp_path {{_folder}}; proxy_temp_path {{_folder}}; fastcgi_temp_path {{_folder}};
                    uwsgi_temp_path {{_folder}}; scgi_temp_path {{_folder}};
                    server {
                        listen 127.0.0.1:{{_port.ToString(CultureInfo.InvariantCulture)}} ssl;
                        ssl_certificate {{In("server.pem")}}; ssl_certificate_key {{In("server.key")}};
                        ssl_client_certificate {{In("root.pem")}}; ssl_verify_client on; ssl_verify_depth 3;
                        return 200 "$ssl_client_s_dn\n";
                    }
                }
                """);
            _process = Process.Start(new ProcessStartInfo(Program, ["-e", In("log"), "-c", In("nginx.conf")]) { RedirectStandardError = true })!;
            var waited = Stopwatch.StartNew();
            while (AskAsync(null).GetAwaiter().GetResult() is ProbeOutcome.Refused)
            {
                if (_process.HasExited || waited.Elapsed > StartLimit)
                {
                    Dispose();
                    throw new InvalidOperationException("nginx does not answer");
                }
            }
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }

            _process.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private void MakeCertificates()
        {
            (X509Certificate2 root, _) = Make("root", issuer: null, isAuthority: true);
            (X509Certificate2 middle, _) = Make("middle", root, isAuthority: true);
            Make("server", root, isAuthority: false);
            (X509Certificate2 client, RSA key) = Make("client", root, isAuthority: false);
            (X509Certificate2 distant, _) = Make("distant", middle, isAuthority: false);
            Make("stranger", issuer: null, isAuthority: false);
            File.WriteAllText(In("both.pem"), client.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
            File.WriteAllText(In("chain.pem"), distant.ExportCertificatePem() + "\n" + middle.ExportCertificatePem() + "\n");
            File.WriteAllText(In("locked.key"), key.ExportEncryptedPkcs8PrivateKeyPem(Password, Encryption));
        }

        private (X509Certificate2 Certificate, RSA Key) Make(string name, X509Certificate2? issuer, bool isAuthority)
        {
            RSA key = RSA.Create(2048);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
            DateTimeOffset from = issuer?.NotBefore ?? DateTimeOffset.UtcNow.AddHours(-1);
            X509Certificate2 certificate = issuer is null
                ? request.CreateSelfSigned(from, from.AddDays(2))
                : request.Create(issuer, from, issuer.NotAfter, RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
            File.WriteAllText(In($"{name}.pem"), certificate.ExportCertificatePem());
            File.WriteAllText(In($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
            return (certificate, key);
        }

        internal string In(string name) => Path.Combine(_folder, name);

        internal Task<ProbeOutcome> AskAsync(TlsClientFiles? client)
        {
            var method = new CheckMethod.Http(HttpDialect.Http10, [new HttpPage("/")], new TlsSettings { Client = client });
            var target = new TransportEndpoint(IpAddress.Parse("127.0.0.1"), _port);
            return HttpProbe.RunAsync(new ProbeRequest(method, target, TimeSpan.FromSeconds(10)), method, TestContext.Current.CancellationToken);
        }

        private static ushort FreePort()
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
        }
    }
}
