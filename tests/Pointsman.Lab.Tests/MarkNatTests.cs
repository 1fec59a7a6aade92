using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>
/// A mark of the firewall over two ports, by NAT to real Nginx servers whose way to clients leads over the director: for a client of
/// another network and for one of the servers' own.
/// </summary>
public sealed class MarkNatTests(ServiceLab services) : IClassFixture<ServiceLab>
{
    private const string Far = "203.0.113.5";
    private const string Near = "192.168.1.10";
    private static readonly string[] s_webs = ["web1", "web2"];

    [Fact]
    public void ByNat_ClientsOfAnyNetwork_GetAnswersFromWhatTheyAsked()
    {
        RunningLab lab = services.With(Service);
        Machine director = lab.MachineOf("lb1");
        Prepare(lab, director);
        services.Begin(lab);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both servers in the table", () => Listed(director, "192.168.1.130", "192.168.1.131"));

        Assert.Equal("1", director.RunChecked(["sysctl", "-n", "net.ipv4.conf.all.accept_local"]).Trim());
        foreach (string client in (string[])[Far, Near])
        {
            foreach (int port in (int[])[80, 8080])
            {
                // Nobody has spoken with the client's neighbour yet.
                director.Run(["ip", "neigh", "flush", "to", Near]);
                Assert.Equal("web1 web2", Answers(client, port));
            }
        }

        string table = director.RunChecked(["ipvsadm", "-Ln", "-f", "9"]);
        Assert.Matches(@"FWM  9 rr\n  -> 192\.168\.1\.130:0 +Masq +1 +\d+ +\d+ *\n  -> 192\.168\.1\.131:0 +Masq +1 ", table);
        Assert.Matches($@"TCP \d+:\d+ +TIME_WAIT +{Far}:\d+ +{ServiceLab.Vip}:8080 +192\.168\.1\.13[01]:8080 *\n", director.RunChecked(["ipvsadm", "-Lnc"]));
        Assert.Matches(@"FWM  9 +32 +[1-9]\d+ +[1-9]\d+ ", director.RunChecked(["ipvsadm", "-Ln", "--stats"]));
        string status = director.RunChecked([lab.Options.ProgramPath, "status"]);
        Assert.Contains("IP fwmark 9  rr NAT  armed", status, StringComparison.Ordinal);
        Assert.Matches(@"192\.168\.1\.130  up +1 +\d+ +\d+ +16 +[1-9]\d+ +\d+ +[1-9]\d+ ", status);
        Assert.Contains(
            "192.168.1.130 of IP fwmark 9  up", director.RunChecked([lab.Options.ProgramPath, "status", "192.168.1.130"]), StringComparison.Ordinal);
    }

    private string Answers(string client, int port) => string.Join(
        ' ', Enumerable.Range(0, 8).Select(_ => services.Ask($"{ServiceLab.Vip}:{port}", client)?.Trim() ?? "nobody").Distinct().Order(StringComparer.Ordinal));

    private static bool Listed(Machine director, params string[] servers) =>
        director.RunChecked(["ipvsadm", "-Ln", "-f", "9"]) is var table && servers.All(server => table.Contains($"-> {server}:0", StringComparison.Ordinal));

    // Servers see their clients as themselves, and what is sent back passes the director.
    private static void Prepare(RunningLab lab, Machine director)
    {
        lab.Client.RunChecked(["ip", "addr", "add", $"{Far}/32", "dev", "lo"]);
        director.RunChecked(["ip", "route", "add", $"{Far}/32", "via", Near]);
        director.RunChecked(["nft", $"add table ip marks; add chain ip marks pre {{ type filter hook prerouting priority mangle; }}; add rule ip marks pre ip daddr {ServiceLab.Vip} tcp dport {{ 80, 8080 }} meta mark set 9"]);
        foreach (string web in s_webs)
        {
            Machine machine = lab.MachineOf(web);
            machine.RunChecked(["ip", "route", "add", $"{Far}/32", "via", "192.168.1.128"]);
            machine.RunChecked(["ip", "route", "add", $"{Near}/32", "via", "192.168.1.128"]);
            machine.RunChecked(["sed", "-i", "s/listen 80 .*;/& listen 8080;/", "/etc/nginx/nginx.conf"]);
            lab.Services.Stop(web, Topology.LabService.Nginx);
            machine.StartService("nginx", ["/usr/sbin/nginx", "-c", "/etc/nginx/nginx.conf", "-g", "daemon off;"], "/var/log/nginx/start.log");
        }
    }

    private const string Service = """

        virtual_server fwmark 9 {
            delay_loop 1
            lb_algo rr
            lb_kind NAT
            real_server 192.168.1.130 80 {
                TCP_CHECK {
                    connect_timeout 2
                }
            }
            real_server 192.168.1.131 80 {
                TCP_CHECK {
                    connect_timeout 2
                }
            }
        }

        """;
}
