using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>Who hears that a real server fell: Debian's exim4 over STARTTLS with a login, a web server by a webhook, and a pipe.</summary>
public sealed class ServiceNewsTests(ServiceLab services) : IClassFixture<ServiceLab>
{
    private const string Pair = "[192.168.1.130]:tcp:83 of virtual server [192.168.1.202]:tcp:83";

    private const string Globals = """
           smtp_server 127.0.0.1 2526
           #pointsman: smtp_tls starttls
           #pointsman: smtp_tls_name mail.example
           #pointsman: smtp_tls_ca /etc/lab-mail.pem
           #pointsman: smtp_login lb1 /etc/lab-mail.password
           #pointsman: webhook http://192.168.1.130:8092/hook
           lvs_notify_fifo /tmp/lvs.pipe

        """;

    [Fact]
    public void ServerFallsAndComesBack_MailWebhookAndPipeTellOfIt()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/exim4"), "exim4 is not installed (scripts/install-needs lab)");
        RunningLab lab = services.With($$"""
            virtual_server {{ServiceLab.Vip}} 83 {
                delay_loop 1
                lb_algo rr
                lb_kind DR
                protocol TCP
                real_server 192.168.1.130 83 {
                    MISC_CHECK {
                        misc_path "</tmp/is-web1"
                    }
                }
                real_server 192.168.1.131 83 {
                }
            }

            """);
        Machine director = lab.MachineOf("lb1");
        TakeMail(director);
        TakePosts(lab.MachineOf("web1"));
        director.RunChecked(["sh", "-c", "rm -f /tmp/lvs.pipe; mkfifo /tmp/lvs.pipe; setsid --fork sh -c 'exec cat <> /tmp/lvs.pipe > /tmp/lvs.read 2>/dev/null'"]);
        ServiceLab.Set(lab, "web1");
        services.Begin(lab, Globals);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both servers", () => ServiceLab.Table(lab, 83).Length == 2);

        ServiceLab.Unset(lab, "web1");
        Heard(director, lab.MachineOf("web1"), "DOWN");
        ServiceLab.Set(lab, "web1");
        Heard(director, lab.MachineOf("web1"), "UP");

        string status = director.RunChecked([lab.Options.ProgramPath, "status", "--json"]);
        using var json = JsonDocument.Parse(status);
        Assert.Contains("\"sent\"", status, StringComparison.Ordinal);
        director.RunChecked(["sh", "-c", "for pid in $(pgrep -x cat); do readlink /proc/$pid/fd/* | grep -q /tmp/lvs.pipe && kill $pid; done; true"]);
    }

    private static void Heard(Machine director, Machine web, string turn)
    {
        Poll.UntilOrThrow(PointsmanLab.StateLimit, $"a line in the pipe: {turn}",
            () => director.RunChecked(["cat", "/tmp/lvs.read"]).Contains($"RS [192.168.1.130]:tcp:83 [192.168.1.202]:tcp:83 {turn}", StringComparison.Ordinal));
        Poll.UntilOrThrow(PointsmanLab.StateLimit, $"a mail: {turn}",
            () => director.Run(["sh", "-c", "cat /run/lab-mail/box/new/*"]).Output.Contains($"\nSubject: [LVS_MASTER] Realserver {Pair} - {turn}\n", StringComparison.Ordinal));
        Poll.UntilOrThrow(PointsmanLab.StateLimit, $"a post: {turn}",
            () => web.RunChecked(["cat", "/var/log/nginx/posts"]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(line =>
            {
                using var post = JsonDocument.Parse(line);
                return post.RootElement.GetProperty("state").GetString() == turn && post.RootElement.GetProperty("name").GetString() == "[192.168.1.130]:tcp:83";
            }));
    }

    // It takes nothing that is not encrypted and logged in.
    private static void TakeMail(Machine director)
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=mail.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("mail.example");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        director.WriteFile("/etc/lab-mail.pem", certificate.ExportCertificatePem() + "\n");
        director.WriteFile("/etc/lab-mail.key", key.ExportPkcs8PrivateKeyPem() + "\n");
        director.WriteFile("/etc/lab-mail.password", "secret\n");
        director.WriteFile("/etc/lab-mail.conf", """
            primary_hostname = mail.example
            log_file_path = /run/lab-mail/%slog
            spool_directory = /run/lab-mail
            pid_file_path = /run/lab-mail.pid
            local_interfaces = 127.0.0.1
            daemon_smtp_ports = 2526
            tls_advertise_hosts = *
            tls_certificate = /etc/lab-mail.pem
            tls_privatekey = /etc/lab-mail.key
            keep_environment =
            never_users =
            host_lookup =
            rfc1413_query_timeout = 0s
            acl_smtp_mail = accept
            acl_smtp_rcpt = rcpt
            acl_smtp_data = accept
            begin acl
            rcpt:
              deny message = encrypt first
                   !encrypted = *
              accept authenticated = *
              deny message = log in first
            begin routers
            all:
              driver = accept
              transport = box
            begin transports
            box:
              driver = appendfile
              maildir_format
              directory = /run/lab-mail/box
              user = Debian-exim
            begin authenticators
            plain:
              driver = plaintext
              public_name = PLAIN
              server_prompts = :
              server_condition = ${if and{{eq{$auth2}{lb1}}{eq{$auth3}{secret}}}}
              server_set_id = $auth2

            """);
        director.RunChecked(["sh", "-c", "mkdir -p /run/lab-mail && chown -R Debian-exim /run/lab-mail && chown Debian-exim /etc/lab-mail.key"]);
        director.RunChecked(["chmod", "600", "/etc/lab-mail.password", "/etc/lab-mail.key"]);
        director.StartService("mail", ["/usr/sbin/exim4", "-C", "/etc/lab-mail.conf", "-bdf"], "/var/log/exim-start");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "exim listening", () => director.ListensOn(2526));
    }

    // nginx knows a body only when it passes it on: to itself.
    private static void TakePosts(Machine web)
    {
        web.WriteFile("/etc/lab-posts.conf", """
            worker_processes 1; pid /run/lab-posts.pid; error_log /var/log/nginx/posts-errors;
            events { worker_connections 64; }
            http {
                log_format body escape=none '$request_body';
                server {
                    listen 8092;
                    access_log /var/log/nginx/posts body;
                    location = /hook { proxy_pass http://127.0.0.1:8093/; }
                }
                server {
                    listen 127.0.0.1:8093;
                    access_log off;
                    return 204;
                }
            }

            """);
        web.StartService("posts", ["/usr/sbin/nginx", "-c", "/etc/lab-posts.conf", "-g", "daemon off;"], "/var/log/nginx/posts-start");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "nginx listening", () => web.ListensOn(8092) && web.ListensOn(8093));
    }
}
