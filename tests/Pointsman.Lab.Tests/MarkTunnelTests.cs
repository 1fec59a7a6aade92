using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>
/// A mark of the firewall, by tunnels (IPIP) to real Nginx servers that hold the virtual address on lo: a client's packets come out
/// there whole.
/// </summary>
public sealed class MarkTunnelTests(ServiceLab services) : IClassFixture<ServiceLab>
{
    private static readonly string[] s_webs = ["web1", "web2"];

    [Fact]
    public void ByTunnel_BothServersAnswer()
    {
        RunningLab lab = services.With(Service);
        Machine director = lab.MachineOf("lb1");
        director.RunChecked(["nft", $"add table ip marks; add chain ip marks pre {{ type filter hook prerouting priority mangle; }}; add rule ip marks pre ip daddr {ServiceLab.Vip} tcp dport 80 meta mark set 9"]);
        foreach (string web in s_webs)
        {
            TunnelRoadTests.End(lab.MachineOf(web), "ipip");
        }

        services.Begin(lab);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both servers in the table", () =>
            director.RunChecked(["ipvsadm", "-Ln", "-f", "9"]) is var table
            && table.Contains("-> 192.168.1.130:0              Tunnel  1 ", StringComparison.Ordinal)
            && table.Contains("-> 192.168.1.131:0              Tunnel  1 ", StringComparison.Ordinal));

        Assert.Equal("web1 web2", string.Join(
            ' ', Enumerable.Range(0, 6).Select(_ => services.Ask(ServiceLab.Vip)?.Trim() ?? "nobody").Distinct().Order(StringComparer.Ordinal)));
        Assert.Contains("rr TUN  armed", director.RunChecked([lab.Options.ProgramPath, "status"]), StringComparison.Ordinal);
    }

    private const string Service = """

        virtual_server fwmark 9 {
            delay_loop 1
            lb_algo rr
            lb_kind TUN
            real_server 192.168.1.130 {
                TCP_CHECK {
                    connect_port 80
                    connect_timeout 2
                }
            }
            real_server 192.168.1.131 {
                TCP_CHECK {
                    connect_port 80
                    connect_timeout 2
                }
            }
        }

        """;
}
