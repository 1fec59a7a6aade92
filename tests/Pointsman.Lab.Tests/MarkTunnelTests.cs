using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>
/// A mark of the firewall, by tunnels (IPIP) to real Nginx servers that hold the virtual address on lo: a client's packets come out
/// there whole, and clients are told of what does not get there.
/// </summary>
public sealed class MarkTunnelTests(ServiceLab services) : IClassFixture<ServiceLab>
{
    private const string Vip6 = "fd00:2::202";
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

        AssertClientIsTold(lab);
        director.RunChecked(["sysctl", "-w", "net.ipv4.conf.all.rp_filter=2"]);
        try
        {
            AssertClientIsTold(lab);
        }
        finally
        {
            director.RunChecked(["sysctl", "-w", "net.ipv4.conf.all.rp_filter=0"]);
        }
    }

    [Fact]
    public void ByTunnelOverIpv6_ClientIsToldOfWhatDoesNotGetThere()
    {
        RunningLab lab = services.With(Service6);
        Machine director = lab.MachineOf("lb1");
        foreach ((string node, int host) in new[] { ("lb1", 128), ("web1", 130), ("client", 10) })
        {
            lab.MachineOf(node).RunChecked(["ip", "addr", "add", $"fd00:1::{host}/64", "dev", "eth0", "nodad"]);
        }

        director.RunChecked(["ip", "addr", "add", $"{Vip6}/128", "dev", "lo", "nodad"]);
        lab.Client.RunChecked(["ip", "-6", "route", "add", Vip6, "via", "fd00:1::128"]);
        director.RunChecked(["nft", $"add table ip6 marks6; add chain ip6 marks6 pre {{ type filter hook prerouting priority mangle; }}; add rule ip6 marks6 pre ip6 daddr {Vip6} meta mark set 10"]);
        services.Begin(lab);
        try
        {
            Poll.UntilOrThrow(PointsmanLab.StateLimit, "a client that is told how far its packet came", () =>
                lab.Client.Run(["socat", "-T", "2", "-", $"TCP6:[{Vip6}]:80,connect-timeout=2,ipv6-unicast-hops=2"], input: "").Error
                    .Contains("No route to host", StringComparison.Ordinal));
            Poll.UntilOrThrow(PointsmanLab.StateLimit, "a client that is told what fits", () =>
            {
                lab.Client.Run(["sh", "-c", $"head -c 1450 /dev/zero | socat -u -b 1450 - 'UDP6-DATAGRAM:[{Vip6}]:80'"]);
                return lab.Client.RunChecked(["ip", "-6", "route", "get", Vip6]).Contains("mtu 1460", StringComparison.Ordinal);
            });
        }
        finally
        {
            director.RunChecked(["nft", "delete table ip6 marks6"]);
            director.RunChecked(["ip", "addr", "del", $"{Vip6}/128", "dev", "lo"]);
        }
    }

    // A large request does not fit the tunnel, and a packet that has come too far goes no farther.
    private static void AssertClientIsTold(RunningLab lab)
    {
        Machine client = lab.Client;
        client.RunChecked(["ip", "route", "flush", "cache"]);
        Assert.Contains(
            "No route to host",
            client.Run(["socat", "-T", "2", "-", $"TCP:{ServiceLab.Vip}:80,connect-timeout=2,ip-ttl=2"], input: "").Error, StringComparison.Ordinal);
        client.WriteFile("/tmp/large", new string('x', 20_000));
        try
        {
            client.Run(["curl", "-s", "-m", "5", "--data-binary", "@/tmp/large", $"http://{ServiceLab.Vip}/"]);
            Assert.Contains("mtu 1480", client.RunChecked(["ip", "route", "get", ServiceLab.Vip]), StringComparison.Ordinal);
        }
        finally
        {
            client.RunChecked(["rm", "/tmp/large"]);
        }
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

    private const string Service6 = """

        virtual_server fwmark 10 {
            delay_loop 1
            lb_algo rr
            lb_kind TUN
            ip_family inet6
            real_server fd00:1::130 {
                TCP_CHECK {
                    connect_ip 192.168.1.130
                    connect_port 80
                    connect_timeout 2
                }
            }
        }

        """;
}
