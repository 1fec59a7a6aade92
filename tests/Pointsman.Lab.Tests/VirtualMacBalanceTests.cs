using Pointsman.Lab.Machines;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Tests;

/// <summary>
/// Virtual servers whose address has the virtual router's MAC address (use_vmac): frames to it reach the data path below, on the
/// card, by direct routing and by NAT, before and after a failover.
/// </summary>
public sealed class VirtualMacBalanceTests : IDisposable
{
    private const string File = "/etc/keepalived/keepalived.conf";
    private const string Vip = "192.168.1.200";
    private const string Gateway = "192.168.1.201";
    private const string Mac = "00:00:5e:00:01:33";

    private static readonly string[] s_webs = ["web1", "web2"];
    private static readonly string[] s_directors = ["lb1", "lb2"];

    private readonly Classic _classic = new();

    public void Dispose() => _classic.Dispose();

    [Fact]
    public void DirectRoutingAndNat_AreBalanced_BeforeAndAfterTheOtherNodeHasTakenOver()
    {
        RunningLab lab = _classic.Settled();
        RouteAnswersBy(lab, Gateway);
        foreach (string director in s_directors)
        {
            Rewrite(lab, director);
        }

        AwaitHolder(lab, "lb1");
        AssertServed(lab, "lb1");
        lab.Services.Stop("lb1", LabService.Director);
        AwaitHolder(lab, "lb2");
        AssertServed(lab, "lb2");
        Assert.DoesNotContain("vrrp.51", lab.MachineOf("lb1").RunChecked(["ip", "link"]), StringComparison.Ordinal);

        lab.Services.Start("lb1", LabService.Director);
        AwaitHolder(lab, "lb1");
        AssertServed(lab, "lb1");

        // A crash: the other takes over the MAC address, and the dead one, whose macvlan is still there, answers for nothing.
        lab.Services.Kill("lb1", LabService.Director);
        AwaitHolder(lab, "lb2");
        AssertServed(lab, "lb2");
    }

    // keepalived has no balancer here (this kernel has no IPVS): where it is master, a web server of the node itself answers.
    [Fact]
    public void NeighbourIsKeepalived_EitherTakesOver_WhoHasTheAddressServes()
    {
        Assert.SkipUnless(System.IO.File.Exists("/usr/sbin/keepalived"), "keepalived is not installed");
        RunningLab lab = _classic.Settled();
        foreach (string director in s_directors)
        {
            Rewrite(lab, director);
        }

        lab.Services.Stop("lb2", LabService.Director);
        Machine other = lab.MachineOf("lb2");
        Machine ours = lab.MachineOf("lb1");
        other.WriteFile("/tmp/web", """
            #!/usr/bin/perl
            use IO::Socket::INET;
            $SIG{CHLD} = 'IGNORE';
            my $listener = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => 80, Listen => 20, ReuseAddr => 1) or die;
            while (my $client = $listener->accept) {
                next if fork; # a client whose address moves away meanwhile is waited for without end
                while (my $line = <$client>) { last if $line =~ /^\r?\n$/; }
                print $client "HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nserver=lb2";
                exit;
            }
            """);
        other.RunChecked(["setsid", "--fork", "sh", "-c", "exec perl /tmp/web </dev/null >/dev/null 2>&1"]);
        other.RunChecked(["/usr/sbin/keepalived", "-P", "-f", File, "-p", "/tmp/ka.pid", "-r", "/tmp/ka-vrrp.pid"]);

        AwaitServedBy(lab, "lb1", "web1 web2");
        lab.Services.Stop("lb1", LabService.Director);
        AwaitServedBy(lab, "lb2", "lb2");
        lab.Services.Start("lb1", LabService.Director);
        AwaitServedBy(lab, "lb1", "web1 web2");
        lab.Services.Kill("lb1", LabService.Director);
        AwaitServedBy(lab, "lb2", "lb2");
        lab.Services.Start("lb1", LabService.Director);
        AwaitServedBy(lab, "lb1", "web1 web2");

        // And the other way round: ours is the backup, and takes over.
        ours.RunChecked(["sed", "-i", "s/priority .*/priority 20/", File]);
        ours.RunChecked([lab.Options.ProgramPath, "reload"]);
        AwaitServedBy(lab, "lb2", "lb2");
        other.RunChecked(["sh", "-c", "pid=$(cat /tmp/ka.pid); kill $pid; while kill -0 $pid 2>/dev/null; do sleep 0.1; done"]);
        AwaitServedBy(lab, "lb1", "web1 web2");
        other.RunChecked(["/usr/sbin/keepalived", "-P", "-f", File, "-p", "/tmp/ka.pid", "-r", "/tmp/ka-vrrp.pid"]);
        AwaitServedBy(lab, "lb2", "lb2");
    }

    private void AwaitServedBy(RunningLab lab, string director, string answers)
    {
        AwaitHolder(lab, director);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, $"{answers} answering by {director}, of {Answers(Vip)}", () => Answers(Vip) == answers);

        // On keepalived's node the kernel answers by the card's own.
        Assert.True(
            director != "lb1" || lab.Client.RunChecked(["ip", "neigh", "show", Vip]).Contains(Mac, StringComparison.Ordinal), "the virtual MAC address");
    }

    private void AssertServed(RunningLab lab, string director)
    {
        Poll.UntilOrThrow(PointsmanLab.StateLimit, $"{director} serves by direct routing", () => Answers(Vip) == "web1 web2");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, $"{director} serves by NAT", () => Answers($"{Vip}:8080") == "web1 web2");
        Assert.Contains(Mac, lab.Client.RunChecked(["ip", "neigh", "show", Vip]), StringComparison.Ordinal);
        string connections = lab.MachineOf(director).RunChecked(["ipvsadm", "-Lnc"]);
        Assert.Contains($"{Vip}:80 ", connections, StringComparison.Ordinal);
        Assert.Contains($"{Vip}:8080", connections, StringComparison.Ordinal);
    }

    private static void AwaitHolder(RunningLab lab, string director) => Poll.UntilOrThrow(
        PointsmanLab.StateLimit,
        $"{director} holding the address on its macvlan",
        () => lab.MachineOf(director).RunChecked(["ip", "-o", "addr", "show", "to", Vip]).Contains("vrrp.51", StringComparison.Ordinal));

    private string Answers(string address) => string.Join(
        ' ', Enumerable.Range(0, 8).Select(_ => _classic.Ask(address) ?? "nobody").Distinct().Order(StringComparer.Ordinal)).ReplaceLineEndings("");

    // What a server answers from its own address goes back through the director: by an address that moves with the virtual one.
    private static void RouteAnswersBy(RunningLab lab, string gateway)
    {
        foreach (string web in s_webs)
        {
            Machine machine = lab.MachineOf(web);
            machine.RunChecked(["ip", "rule", "add", "from", lab.Topology.Node(web).Address.ToString(), "ipproto", "tcp", "sport", "80", "lookup", "88"]);
            machine.RunChecked(["ip", "route", "add", "192.168.1.10/32", "via", gateway, "dev", "eth0", "table", "88"]);
        }
    }

    private static void Rewrite(RunningLab lab, string director)
    {
        Machine machine = lab.MachineOf(director);
        string servers = string.Join('\n', ((string[])["130", "131"]).Select(host => $$"""
                real_server 192.168.1.{{host}} 80 {
                    TCP_CHECK {
                        connect_timeout 2
                    }
                }
            """));
        string text = machine.RunChecked(["cat", File])
            .Replace("interface eth0", "interface eth0\n    use_vmac", StringComparison.Ordinal)
            .Replace($"        {Vip}\n", $"        {Vip}\n        {Gateway}\n", StringComparison.Ordinal);
        machine.WriteFile(File, text + $$"""

            virtual_server {{Vip}} 8080 {
                delay_loop 1
                lb_algo rr
                lb_kind NAT
                protocol TCP
            {{servers}}
            }

            """);
        machine.RunChecked([lab.Options.ProgramPath, "reload"]);
    }

    private sealed class Classic() : PointsmanLab("classic");
}
