using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>What a running director tells of its servers' failures, and when it asks: nginx on web1 answers in many wrong ways.</summary>
public sealed class CheckReasonTests(ServiceLab services) : IClassFixture<ServiceLab>
{
    private const string PageDigest = "b1946ac92492d2347c6235b4d2611184";     // of "hello\n"

    [Fact]
    public void StatusOfAServer_TellsTheExactFailure()
    {
        RunningLab lab = services.With(string.Concat(
            Service(90, "TCP_CHECK {\nconnect_port 9\n}"),
            Service(91, "TCP_CHECK {\nconnect_port 98\nconnect_timeout 1\n}"),
            Service(92, "HTTP_GET {\nurl {\npath /page\ndigest 00000000000000000000000000000000\n}\nconnect_port 8090\n}"),
            Service(93, "HTTP_GET {\nurl {\npath /out-of-order\n}\nconnect_port 8090\n}"),
            Service(94, "SSL_GET {\nurl {\npath /page\n}\nconnect_port 8091\n}"),
            Service(95, "MISC_CHECK {\nmisc_path \"/tmp/complain\"\n}"),
            Service(96, "HTTP_GET {\nurl {\npath /page\nregex good.bye\n}\nconnect_port 8090\n}"),
            Service(97, "SSL_GET {\nurl {\npath /page\n}\nconnect_port 8090\n}")));
        DateTimeOffset expired = Serve(lab);
        lab.MachineOf("web1").RunChecked(["nft", "table ip quiet { chain i { type filter hook input priority 0; tcp dport 98 drop; }; }"]);
        lab.MachineOf("lb1").WriteFile("/tmp/complain", "#!/bin/sh\necho disk full; exit 3\n");
        lab.MachineOf("lb1").RunChecked(["chmod", "755", "/tmp/complain"]);
        services.Begin(lab);

        Tells(lab, 90, "FAILED", "connection refused");
        Tells(lab, 91, "FAILED", "connection timed out");
        Tells(lab, 92, "FAILED", $"digest {PageDigest}, expected 00000000000000000000000000000000");
        Tells(lab, 93, "FAILED", "status 503, expected 200-299");
        Tells(lab, 94, "ok", $"status 200 (its certificate expired on {expired.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)})");
        Tells(lab, 95, "FAILED", "failed (exited with status 3), it said: disk full");
        Tells(lab, 96, "FAILED", "its answer does not hold `good.bye`");
        Tells(lab, 97, "FAILED", "TLS handshake failed");
        lab.MachineOf("web1").RunChecked(["nft", "delete table ip quiet"]);
    }

    // By nginx's own clock: a well server once a delay loop; a bad answer three times a second apart, and only then is it out; it is
    // back after two good answers.
    [Fact]
    public void DelayLoopAndRetries_AreWhatTheServerSees()
    {
        RunningLab lab = services.With($$"""
            virtual_server {{ServiceLab.Vip}} 90 {
                delay_loop 3
                lb_algo rr
                lb_kind DR
                protocol TCP
                real_server 192.168.1.130 90 {
                    HTTP_GET {
                        url {
                            path /well
                        }
                        connect_port 8090
                        retry 2
                        delay_before_retry 1
                    }
                }
            }

            """);
        Serve(lab);
        Machine web = lab.MachineOf("web1");
        web.RunChecked(["sh", "-c", "echo well > /var/lib/lab-reasons/well; : > /var/log/nginx/asked"]);
        services.Begin(lab);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "three good answers", () => Asked(web).Count(asked => asked.Status == 200) >= 3);
        ServiceLab.WaitForTable(lab, 90, "192.168.1.130 1");
        web.RunChecked(["rm", "/var/lib/lab-reasons/well"]);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "it is out", () => ServiceLab.Table(lab, 90).Length == 0);
        int failures = Asked(web).Count(asked => asked.Status == 503);
        web.RunChecked(["sh", "-c", "echo well > /var/lib/lab-reasons/well"]);
        ServiceLab.WaitForTable(lab, 90, "192.168.1.130 1");

        List<(double At, int Status)> all = Asked(web);
        Assert.Equal(3, failures);
        (double At, int Status)[] good = [.. all.TakeWhile(asked => asked.Status == 200)];
        (double At, int Status)[] bad = [.. all.SkipWhile(asked => asked.Status == 200).TakeWhile(asked => asked.Status == 503).Take(3)];
        Assert.All(Gaps(good), gap => Assert.InRange(gap, 2.9, 4));
        Assert.All(Gaps(bad), gap => Assert.InRange(gap, 0.9, 2));
        Assert.InRange(all.Skip(good.Length).Count(asked => asked.Status == 200), 2, 3);
    }

    private static string Service(int port, string check) => $$"""
        virtual_server {{ServiceLab.Vip}} {{port}} {
            delay_loop 2
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 192.168.1.130 {{port}} {
                {{check}}
            }
        }

        """;

    private static IEnumerable<double> Gaps((double At, int Status)[] asked) => asked.Zip(asked.Skip(1), (first, next) => next.At - first.At);

    private static List<(double At, int Status)> Asked(Machine web) =>
    [
        .. web.RunChecked(["cat", "/var/log/nginx/asked"]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .Where(cells => cells is [_, _, "/well"])
            .Select(cells => (double.Parse(cells[0], CultureInfo.InvariantCulture), int.Parse(cells[1], CultureInfo.InvariantCulture))),
    ];

    private static void Tells(RunningLab lab, int port, string result, string what)
    {
        string report = "";
        Assert.True(
            Poll.Until(PointsmanLab.StateLimit, () =>
            {
                report = lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "status", $"192.168.1.130:{port}"]);
                return report.Split('\n').Any(line => line.Contains(what, StringComparison.Ordinal) && line.Contains($" {result} ", StringComparison.Ordinal));
            }) is not null,
            $"{result}, {what}, of\n{report}");
    }

    /// <returns>When its certificate expired.</returns>
    private static DateTimeOffset Serve(RunningLab lab)
    {
        Machine web = lab.MachineOf("web1");
        DateTimeOffset expired = DateTimeOffset.UtcNow.AddDays(-3);
        if (web.ListensOn(8090))
        {
            return DateTimeOffset.FromUnixTimeSeconds(long.Parse(web.RunChecked(["cat", "/etc/lab-reasons.expired"]), CultureInfo.InvariantCulture));
        }

        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=web1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(expired.AddDays(-1), expired);
        web.WriteFile("/etc/lab-reasons.expired", expired.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        web.WriteFile("/etc/lab-reasons.pem", certificate.ExportCertificatePem() + "\n");
        web.WriteFile("/etc/lab-reasons.key", key.ExportPkcs8PrivateKeyPem() + "\n");
        web.RunChecked(["mkdir", "-p", "/var/lib/lab-reasons"]);
        web.WriteFile("/etc/lab-reasons.conf", """
            worker_processes 1; pid /run/lab-reasons.pid; error_log /var/log/nginx/reasons;
            events { worker_connections 64; }
            http {
                log_format asked '$msec $status $uri';
                access_log /var/log/nginx/asked asked;
                server {
                    listen 8090;
                    listen 8091 ssl;
                    ssl_certificate /etc/lab-reasons.pem; ssl_certificate_key /etc/lab-reasons.key;
                    root /var/lib/lab-reasons;
                    location = /page { return 200 "hello\n"; }
                    location = /well { try_files /well =503; }
                    location / { return 503; }
                }
            }

            """);
        web.StartService("reasons", ["/usr/sbin/nginx", "-c", "/etc/lab-reasons.conf", "-g", "daemon off;"], "/var/log/nginx/reasons-start");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "nginx listening", () => web.ListensOn(8090) && web.ListensOn(8091));
        return expired;
    }
}
