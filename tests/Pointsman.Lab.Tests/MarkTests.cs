using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>
/// One persistent service of two ports, which nftables of the directors mark: the client keeps its server over both, the host is put
/// right again when somebody takes a part of it away, and is as it was in the end.
/// </summary>
public sealed class MarkTests(MarkTests.Classic classic) : IClassFixture<MarkTests.Classic>
{
    private const string Vip = "192.168.1.200";

    [Fact]
    public void TwoPortsOfOneMark_GoToOneServer_UntilTheServiceIsGone()
    {
        RunningLab lab = classic.Settled();
        Machine director = lab.MachineOf("lb1");
        string rules = director.RunChecked(["ip", "rule"]);
        string forwarding = director.RunChecked(["sysctl", "-n", "net.ipv4.ip_forward"]);
        foreach (string web in (string[])["web1", "web2"])
        {
            Machine server = lab.MachineOf(web);
            foreach (int port in Classic.Ports)
            {
                server.StartService($"port{port}", ["socat", $"TCP-LISTEN:{port},fork,reuseaddr", $"SYSTEM:echo {web}"], $"/var/log/port{port}");
                Poll.UntilOrThrow(PointsmanLab.StateLimit, $"{web} on {port}", () => server.ListensOn(port));
            }
        }

        Assert.Contains("gives IPv4 packets the mark 9", Checked(lab), StringComparison.Ordinal);
        director.RunChecked(["nft", $"add table ip marks; add chain ip marks pre {{ type filter hook prerouting priority mangle; }}; add rule ip marks pre ip daddr {Vip} tcp dport {{ 8081, 8443 }} meta mark set 9"]);
        Assert.DoesNotContain("PM1706", Checked(lab), StringComparison.Ordinal);
        string file = director.RunChecked(["cat", "/etc/keepalived/keepalived.conf"]);
        director.RunChecked(["tee", "-a", "/etc/keepalived/keepalived.conf"], input: Service);
        director.RunChecked([lab.Options.ProgramPath, "reload"]);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both servers in the table", () =>
            director.RunChecked(["ipvsadm", "-Ln", "-f", "9"]) is var table && table.Contains("FWM  9 rr persistent 50", StringComparison.Ordinal)
                && table.Contains("192.168.1.130:0 ", StringComparison.Ordinal) && table.Contains("192.168.1.131:0 ", StringComparison.Ordinal));

        string first = Ask(lab, 8081)!;
        Assert.Contains(first, (string[])["web1", "web2"]);
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(first, Ask(lab, Classic.Ports[i % 2])));
        Assert.Contains($"{Vip}:8443", director.RunChecked(["ipvsadm", "-Lnc"]), StringComparison.Ordinal);
        Assert.NotNull(classic.Ask(Vip));
        string trace = director.RunChecked([lab.Options.ProgramPath, "trace", "--packet", $"tcp,src=192.168.1.99:4000,dst={Vip}:8443,mark=9"]);
        Assert.Contains("interface        pmm1, from the firewall\n  service          fwmark 9 rr persistent 50, 2 of 2 ", trace, StringComparison.Ordinal);
        Assert.Contains("verdict          redirected: sent out of another interface", trace, StringComparison.Ordinal);
        string flow = director.RunChecked([lab.Options.ProgramPath, "trace", "--flow", "192.168.1.10", "--count", "200"]);
        Assert.Matches(" mark 9\n(.*\n)*  verdict          redirected: ", flow);

        director.RunChecked(["ip", "rule", "del", "pref", "3"]);
        director.RunChecked(["ip", "link", "del", "pmm0"]);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the way of marked packets put back", () => Ask(lab, 8443) == first);

        director.RunChecked(["tee", "/etc/keepalived/keepalived.conf"], input: file);
        director.RunChecked([lab.Options.ProgramPath, "reload"]);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the host as it was", () => director.RunChecked(["ip", "rule"]) == rules);
        Assert.Equal(forwarding, director.RunChecked(["sysctl", "-n", "net.ipv4.ip_forward"]));
        Assert.NotEqual(0, director.Run(["ip", "link", "show", "pmm0"]).ExitCode);
        director.RunChecked(["nft", "delete table ip marks"]);
    }

    [Fact]
    public void SetByHand_WithoutAFileThatSaysSo_Balances()
    {
        RunningLab lab = classic.Settled();
        Machine director = lab.MachineOf("lb1");
        Machine server = lab.MachineOf("web2");
        server.StartService("port8082", ["socat", "TCP-LISTEN:8082,fork,reuseaddr", "SYSTEM:echo by hand"], "/var/log/port8082");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "web2 on 8082", () => server.ListensOn(8082));
        director.RunChecked(["nft", $"add table ip byhand; add chain ip byhand pre {{ type filter hook prerouting priority mangle; }}; add rule ip byhand pre ip daddr {Vip} tcp dport 8082 meta mark set 11"]);
        director.RunChecked(["ipvsadm", "-A", "-f", "11", "-s", "rr"]);
        director.RunChecked(["ipvsadm", "-a", "-f", "11", "-r", "192.168.1.131", "-g"]);
        try
        {
            Assert.Contains("-A -f 11 -s rr\n-a -f 11 -r 192.168.1.131:0 -g -w 1", director.RunChecked(["ipvsadm", "-Sn"]), StringComparison.Ordinal);
            Assert.Contains("FWM  11 rr", director.RunChecked(["ipvsadm", "-Ln"]), StringComparison.Ordinal);
            Poll.UntilOrThrow(PointsmanLab.StateLimit, "an answer by the mark", () => Ask(lab, 8082) == "by hand");
        }
        finally
        {
            director.RunChecked(["ipvsadm", "-D", "-f", "11"]);
            director.RunChecked(["nft", "delete table ip byhand"]);
        }
    }

    private static string Checked(RunningLab lab)
    {
        Machine director = lab.MachineOf("lb1");
        director.WriteFile("/run/marks.conf", Service);
        return director.RunChecked([lab.Options.ProgramPath, "check", "--here", "--one-line", "/run/marks.conf"]);
    }

    private static string? Ask(RunningLab lab, int port)
    {
        CommandResult answer = lab.Client.Run(["socat", "-T", "2", "-", $"TCP:{Vip}:{port},connect-timeout=2"]);
        return answer.Output.Trim() is { Length: > 0 } name ? name : null;
    }

    private const string Service = """

        virtual_server fwmark 9 {
            delay_loop 2
            lb_algo rr
            lb_kind DR
            protocol TCP
            persistence_timeout 50
            real_server 192.168.1.130 8081 {
                TCP_CHECK {
                    connect_timeout 2
                }
            }
            real_server 192.168.1.131 8081 {
                TCP_CHECK {
                    connect_timeout 2
                }
            }
        }

        """;

    public sealed class Classic() : PointsmanLab("classic")
    {
        public static readonly int[] Ports = [8081, 8443];
    }
}
