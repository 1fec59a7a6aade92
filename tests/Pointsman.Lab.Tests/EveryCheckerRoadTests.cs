using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>
/// The client's road of SSL_GET, SMTP_CHECK, DNS_CHECK and UDP_CHECK: Debian's nginx, exim4 and nsd on web1 serve the virtual
/// address, and whatever keeps clients from them takes them out, with the likely cause.
/// </summary>
public sealed class EveryCheckerRoadTests(EveryCheckerRoadTests.Classic classic) : IClassFixture<EveryCheckerRoadTests.Classic>
{
    /// <summary>delay_loop 2 and one attempt of 2 s, and what a busy host adds.</summary>
    private static readonly TimeSpan CheckTime = TimeSpan.FromSeconds(12);

    [Fact]
    public void AllGoThroughTheVip()
    {
        RunningLab lab = classic.Ready();
        foreach (string service in Classic.Services)
        {
            Assert.Equal(service, Last(lab, service).GetProperty("through").GetString());
        }
    }

    [Fact]
    public void VipOffLo() => Breaks(
        lab => lab.Faults.VipOff("web1"), lab => lab.Faults.VipOn("web1"), "VIP missing on lo?");

    [Fact]
    public void NoWayBackForWhatTheVipSends() => Breaks(
        lab => Run(lab, "ip", "rule", "add", "from", "192.168.1.200", "blackhole", "pref", "10"),
        lab => Run(lab, "ip", "rule", "del", "from", "192.168.1.200", "blackhole", "pref", "10"),
        "find no way back");

    // What serves the virtual address has gone; the server's own is served on.
    [Fact]
    public void ListenersOnTheServersOwnAddressOnly() => Breaks(
        lab => Classic.Serve(lab, "192.168.1.130"), lab => Classic.Serve(lab, "192.168.1.130", "192.168.1.200"),
        "nothing listens on that address there");

    [Fact]
    public void ArpSilenceLost() => Breaks(
        lab => Run(lab, "sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=0", "net.ipv4.conf.lo.arp_ignore=0", "net.ipv4.conf.eth0.arp_ignore=0"),
        lab => Run(lab, "sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=1"),
        "it answers ARP for it: arp_ignore is lost");

    private void Breaks(Action<RunningLab> harm, Action<RunningLab> heal, string cause)
    {
        RunningLab lab = classic.Ready();
        harm(lab);
        try
        {
            foreach (string service in Classic.Services)
            {
                Poll.UntilOrThrow(CheckTime, $"{service} out: {cause}",
                    () => State(lab, service) == "down" && Last(lab, service) is var last && last.TryGetProperty("offRoad", out JsonElement off)
                        && off.GetProperty("cause").GetString()!.Contains(cause, StringComparison.Ordinal));
            }
        }
        finally
        {
            heal(lab);
        }

        classic.Ready();
    }

    private static string State(RunningLab lab, string service) => Server(lab, service).GetProperty("state").GetString()!;

    private static JsonElement Last(RunningLab lab, string service) =>
        Server(lab, service).TryGetProperty("lastCheck", out JsonElement last) ? last : JsonDocument.Parse("{}").RootElement;

    private static JsonElement Server(RunningLab lab, string service)
    {
        using var status = JsonDocument.Parse(lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "status", "--json"]));
        return status.RootElement.GetProperty("virtualServers").EnumerateArray()
            .Single(server => server.GetProperty("address").GetString() == service).GetProperty("realServers")[0].Clone();
    }

    private static void Run(RunningLab lab, params string[] command) => lab.MachineOf("web1").RunChecked(command);

    /// <summary>The classic lab, whose web1 serves names, mail and pages by TLS as well; lb1 balances to it.</summary>
    public sealed class Classic() : PointsmanLab("classic")
    {
        // A question for the SOA of example., with the id that the answer must have.
        private const string Question = "123401000001000000000000076578616d706c650000060001";

        public static readonly string[] Services = ["192.168.1.200:443", "192.168.1.200:25", "192.168.1.200:53", "192.168.1.200:54"];

        private bool _isConfigured;

        /// <summary>Every service is up, by a check through the virtual address.</summary>
        public RunningLab Ready()
        {
            foreach (string program in (string[])["/usr/sbin/nsd", "/usr/sbin/exim4", "/usr/sbin/nginx"])
            {
                Assert.SkipUnless(File.Exists(program), $"{program} is not installed (scripts/install-needs lab)");
            }

            RunningLab lab = Settled();
            if (!_isConfigured)
            {
                Configure(lab);
                _isConfigured = true;
            }

            foreach (string service in Services)
            {
                Poll.UntilOrThrow(StateLimit, $"{service} up through the VIP", () => State(lab, service) == "up"
                    && Last(lab, service) is var last && last.TryGetProperty("through", out _) && last.GetProperty("success").GetBoolean());
            }

            return lab;
        }

        public static void Serve(RunningLab lab, params string[] addresses)
        {
            Machine web = lab.MachineOf("web1");
            foreach (string running in (string[])["nsd", "exim", "tls"])
            {
                Poll.UntilOrThrow(StateLimit, $"{running} ended", () => !End(web.ServicePids(running)));
            }

            web.WriteFile("/etc/lab-nsd.conf", $"""
                server:
                {string.Join('\n', addresses.SelectMany(address => (string[])[$"    ip-address: {address}@53", $"    ip-address: {address}@54"]))}
                    zonesdir: "/etc"
                    database: ""
                    pidfile: "/run/lab-nsd.pid"
                    logfile: "/var/log/nsd"
                    xfrdfile: ""
                    zonelistfile: "/run/lab-nsd.zones"
                    username: ""
                    server-count: 1
                remote-control:
                    control-enable: no
                zone:
                    name: "example"
                    zonefile: "lab.zone"

                """);
            web.WriteFile("/etc/lab-exim.conf", $"""
                primary_hostname = web1.example
                log_file_path = /run/lab-exim/%slog
                spool_directory = /run/lab-exim
                pid_file_path = /run/lab-exim.pid
                local_interfaces = {string.Join(" : ", addresses)}
                daemon_smtp_ports = 25
                keep_environment =
                never_users =
                host_lookup =
                tls_advertise_hosts =
                rfc1413_query_timeout = 0s
                begin acl
                begin routers
                begin transports

                """);
            web.WriteFile("/etc/lab-tls.conf", $$"""
                worker_processes 1; pid /run/lab-tls.pid; error_log /var/log/nginx/tls;
                events { worker_connections 64; }
                http {
                    access_log off;
                    server {
                        {{string.Join(' ', addresses.Select(address => $"listen {address}:443 ssl;"))}}
                        ssl_certificate /etc/lab.pem; ssl_certificate_key /etc/lab.key;
                        return 200 "ok\n";
                    }
                }

                """);
            web.StartService("nsd", ["/usr/sbin/nsd", "-d", "-c", "/etc/lab-nsd.conf"], "/var/log/nsd-start");
            web.StartService("exim", ["/usr/sbin/exim4", "-C", "/etc/lab-exim.conf", "-bdf"], "/var/log/exim-start");
            web.StartService("tls", ["/usr/sbin/nginx", "-c", "/etc/lab-tls.conf", "-g", "daemon off;"], "/var/log/tls-start");
            Poll.UntilOrThrow(StateLimit, "the servers", () => web.ListensOn(25) && web.ListensOn(53) && web.ListensOn(443));
        }

        /// <returns>Whether there was any.</returns>
        private static bool End(IReadOnlyList<int> processes)
        {
            foreach (int process in processes)
            {
                using var kill = System.Diagnostics.Process.Start("kill", process.ToString(System.Globalization.CultureInfo.InvariantCulture));
                kill.WaitForExit();
            }

            return processes.Count > 0;
        }

        private static void Configure(RunningLab lab)
        {
            Machine web = lab.MachineOf("web1");
            using RSA key = RSA.Create(2048);
            var request = new CertificateRequest("CN=web1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            web.WriteFile("/etc/lab.pem", certificate.ExportCertificatePem() + "\n");
            web.WriteFile("/etc/lab.key", key.ExportPkcs8PrivateKeyPem() + "\n");
            web.WriteFile("/etc/lab.zone", "$ORIGIN example.\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 192.168.1.130\n");
            web.RunChecked(["sh", "-c", "mkdir -p /run/lab-exim && chown Debian-exim /run/lab-exim"]);
            Serve(lab, "192.168.1.130", "192.168.1.200");
            Machine director = lab.MachineOf("lb1");
            director.RunChecked(["tee", "-a", "/etc/keepalived/keepalived.conf"], input: string.Concat(
                Service(443, "TCP", "SSL_GET {\nurl {\npath /\n}\nconnect_timeout 2\nretry 0\n}"),
                Service(25, "TCP", "SMTP_CHECK {\nconnect_timeout 2\nretry 0\n}"),
                Service(53, "UDP", "DNS_CHECK {\nname example\nconnect_timeout 2\nretry 0\n}"),
                Service(54, "UDP", $"UDP_CHECK {{\npayload {Question}\nrequire_reply 1234\nconnect_timeout 2\nretry 0\n}}")));
            director.RunChecked([lab.Options.ProgramPath, "reload"]);
        }

        private static string Service(int port, string protocol, string check) => $$"""

            virtual_server 192.168.1.200 {{port}} {
                delay_loop 2
                lb_algo rr
                lb_kind DR
                protocol {{protocol}}
                real_server 192.168.1.130 {{port}} {
                    {{check}}
                }
            }

            """;
    }
}
