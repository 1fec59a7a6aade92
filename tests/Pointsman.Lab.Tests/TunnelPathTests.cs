using System.Text.Json;
using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>
/// A server by a tunnel behind a router whose next link takes less: that router tells the director, which has sent the tunnel's packet,
/// and the client has to hear of it.
/// </summary>
public sealed class TunnelPathTests(ServiceLab services) : IClassFixture<ServiceLab>
{
    private const string Server = "192.168.9.2";

    [Theory]
    [InlineData("ipip", "TUN type ipip")]
    [InlineData("gre", "TUN type gre")]
    [InlineData("gue", "TUN type gue port 6080")]
    public void LinkBehindARouter_TakesLess_AnUploadGetsThrough(string kind, string method)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/iperf3"), "/usr/bin/iperf3 is not installed (scripts/install-needs lab)");
        RunningLab lab = services.With(Service(method));
        Machine director = lab.MachineOf("lb1"), router = lab.MachineOf("web1"), server = lab.MachineOf("web2");
        string network = $"{Server}/32";
        director.RunChecked(["ip", "route", "replace", network, "via", lab.Topology.Node("web1").Address]);
        router.RunChecked(["sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.eth0.send_redirects=0"]);
        router.RunChecked(["ip", "route", "replace", network, "via", lab.Topology.Node("web2").Address, "mtu", "lock", "1400"]);
        server.RunChecked(["ip", "addr", "replace", network, "dev", "lo"]);
        TunnelRoadTests.End(server, kind);
        server.StartService($"iperf-{kind}", ["iperf3", "-s", "-1", "-B", ServiceLab.Vip], "/var/log/iperf");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "iperf3 listens", () => server.ListensOn(5201));
        services.Begin(lab);
        ServiceLab.WaitForTable(lab, 5201, $"{Server} 1");

        CommandResult run = lab.Client.Run(
            ["iperf3", "-c", ServiceLab.Vip, "--connect-timeout", "5000", "-J", "-n", "4M"], limit: TimeSpan.FromSeconds(30));

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        using var report = JsonDocument.Parse(run.Output);
        Assert.InRange(report.RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bytes").GetInt64(), 1 << 20, long.MaxValue);
        Assert.Contains("mtu 1400", director.RunChecked(["ip", "route", "get", Server]), StringComparison.Ordinal);
    }

    private static string Service(string method) => $$"""
        virtual_server {{ServiceLab.Vip}} 5201 {
            lb_algo rr
            lb_kind {{method}}
            protocol TCP
            real_server {{Server}} 5201 {
            }
        }

        """;
}
