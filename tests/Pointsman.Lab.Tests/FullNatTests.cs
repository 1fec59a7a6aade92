using Pointsman.Lab.Machines;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Tests;

/// <summary>
/// Full NAT to real Nginx servers that have neither the virtual address nor any route to the client's network: over IPv4 and IPv6, TCP
/// and UDP, with the control process dead, and after the other director has taken over the virtual and the local address.
/// </summary>
public sealed class FullNatTests : IDisposable
{
    private const string File = "/etc/keepalived/keepalived.conf";
    private const string Vip = "192.168.1.203";
    private const string Local = "192.168.1.210";
    private const string Vip6 = "fd00:1::203";
    private const string Local6 = "fd00:1::210";
    private const string Client = "203.0.113.5";
    private const string Client6 = "2001:db8:c::5";
    private static readonly string[] s_webs = ["web1", "web2"];
    private static readonly string[] s_directors = ["lb1", "lb2"];
    private readonly Classic _classic = new();

    public void Dispose() => _classic.Dispose();

    [Fact]
    public void ServersWithoutAWayBack_AnswerClientsOfAnotherNetwork_BeforeAndAfterAFailover()
    {
        RunningLab lab = _classic.Settled();
        Prepare(lab);
        foreach (string director in s_directors)
        {
            Configure(lab, director);
        }

        AssertServed(lab);
        Machine master = lab.MachineOf("lb1");
        string table = master.RunChecked(["ipvsadm", "-Ln"]);
        Assert.Contains($"TCP  {Vip}:80 rr", table, StringComparison.Ordinal);
        Assert.Contains("-> 192.168.1.130:80             Masq", table, StringComparison.Ordinal);
        Assert.Contains($"-a -t {Vip}:80 -r 192.168.1.130:80 -m -w 1", master.RunChecked(["ipvsadm", "-Sn"]), StringComparison.Ordinal);
        Assert.Contains($"full nat as {Local}", master.RunChecked([lab.Options.ProgramPath, "status"]), StringComparison.Ordinal);
        Assert.Contains($"full_nat {Local}", master.RunChecked([lab.Options.ProgramPath, "config", File]), StringComparison.Ordinal);
        Assert.Matches($@"{Client}:\d+ +{Vip}:80 ", master.RunChecked(["ipvsadm", "-Lnc"]));

        // A download over the death of the control process: what forwards is in the kernel.
        lab.Services.KillFirst("lb1", LabService.Director);
        try
        {
            AssertServed(lab);
        }
        finally
        {
            lab.Services.Start("lb1", LabService.Director);
        }

        lab.View.WaitForMaster("lb1", PointsmanLab.StateLimit);
        AssertServed(lab);

        lab.Services.Stop("lb1", LabService.Director);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "lb2 holds the local address", () =>
            lab.MachineOf("lb2").RunChecked(["ip", "-o", "addr", "show", "to", Local]).Contains(Local, StringComparison.Ordinal));
        AssertServed(lab);
        Assert.Matches($@"{Client}:\d+ +{Vip}:80 ", lab.MachineOf("lb2").RunChecked(["ipvsadm", "-Lnc"]));
    }

    private void AssertServed(RunningLab lab)
    {
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both web servers answer by full NAT", () => Answers(Vip, Client) == "web1 web2");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both web servers answer by full NAT over IPv6", () => Answers($"[{Vip6}]", Client6) == "web1 web2");

        // The server says as whom it sees the client.
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "datagrams by full NAT", () => Datagram(lab, $"UDP4-CONNECT:{Vip}:5353,bind={Client}") == Local);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "datagrams by full NAT over IPv6", () =>
            Datagram(lab, $"UDP6-CONNECT:[{Vip6}]:5353,bind=[{Client6}]").Contains("0210", StringComparison.Ordinal));
    }

    private string Answers(string address, string from) => string.Join(
        ' ', Enumerable.Range(0, 8).Select(_ => _classic.Ask(address, from) ?? "nobody").Distinct().Order(StringComparer.Ordinal)).ReplaceLineEndings("");

    private static string Datagram(RunningLab lab, string to) =>
        lab.Client.Run(["sh", "-c", $"echo who | socat -T 1 - '{to}'"]).Output.Trim();

    private static void Prepare(RunningLab lab)
    {
        foreach ((string node, int host) in new[] { ("lb1", 128), ("lb2", 129), ("web1", 130), ("web2", 131), ("client", 10) })
        {
            lab.MachineOf(node).RunChecked(["ip", "addr", "add", $"fd00:1::{host}/64", "dev", "eth0", "nodad"]);
        }

        lab.Client.RunChecked(["ip", "addr", "add", $"{Client}/24", "dev", "lo"]);
        lab.Client.RunChecked(["ip", "addr", "add", $"{Client6}/64", "dev", "lo", "nodad"]);
        foreach (string director in s_directors)
        {
            lab.MachineOf(director).RunChecked(["ip", "route", "add", "203.0.113.0/24", "via", "192.168.1.10"]);
            lab.MachineOf(director).RunChecked(["ip", "-6", "route", "add", "2001:db8:c::/64", "via", "fd00:1::10"]);
        }

        foreach (string web in s_webs)
        {
            Machine machine = lab.MachineOf(web);
            machine.RunChecked(["sed", "-i", "s/listen 80 .*;/& listen [::]:80 ipv6only=on;/", "/etc/nginx/nginx.conf"]);
            lab.Services.Stop(web, LabService.Nginx);
            machine.StartService("nginx", ["/usr/sbin/nginx", "-c", "/etc/nginx/nginx.conf", "-g", "daemon off;"], "/var/log/nginx/start.log");
            machine.StartService("datagrams", ["socat", "UDP4-RECVFROM:5353,fork", "SYSTEM:echo $SOCAT_PEERADDR"], "/var/log/datagrams");
            machine.StartService("datagrams6", ["socat", "UDP6-RECVFROM:5353,ipv6only,fork", "SYSTEM:echo $SOCAT_PEERADDR"], "/var/log/datagrams6");
            Assert.NotEqual(0, machine.Run(["ip", "route", "get", Client]).ExitCode);
            Assert.NotEqual(0, machine.Run(["ip", "-6", "route", "get", Client6]).ExitCode);
            Assert.DoesNotContain(Vip, machine.RunChecked(["ip", "addr"]), StringComparison.Ordinal);
        }
    }

    private static void Configure(RunningLab lab, string director)
    {
        Machine machine = lab.MachineOf(director);
        string text = machine.RunChecked(["cat", File])
            .Replace("        192.168.1.200\n", $"        192.168.1.200\n        {Vip}\n        {Local}\n", StringComparison.Ordinal);
        machine.WriteFile(File, text + $$"""

            vrrp_instance VI_6 {
                state BACKUP
                interface eth0
                virtual_router_id 52
                version 3
                priority {{(director == "lb1" ? 100 : 50)}}
                advert_int 1
                virtual_ipaddress {
                    fe80::200/64
                    {{Vip6}}
                    {{Local6}}
                }
            }
            {{Service(Vip, 80, "TCP", Local, "192.168.1.")}}
            {{Service(Vip, 5353, "UDP", Local, "192.168.1.")}}
            {{Service(Vip6, 80, "TCP", Local6, "fd00:1::")}}
            {{Service(Vip6, 5353, "UDP", Local6, "fd00:1::")}}

            """);
        CommandResult reload = machine.Run([lab.Options.ProgramPath, "reload"]);
        Assert.True(reload.ExitCode == 0, reload.Output + reload.Error);
    }

    private static string Service(string vip, int port, string protocol, string local, string network) => $$"""

        virtual_server {{vip}} {{port}} {
            delay_loop 1
            lb_algo rr
            lb_kind NAT
            protocol {{protocol}}
            #pointsman: full_nat {{local}}
            real_server {{network}}130 {{port}} {
                TCP_CHECK {
                    connect_port 80
                    connect_timeout 2
                }
            }
            real_server {{network}}131 {{port}} {
                TCP_CHECK {
                    connect_port 80
                    connect_timeout 2
                }
            }
        }
        """;

    private sealed class Classic() : PointsmanLab("classic");
}
