using System.Text.Json;
using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>
/// A real server that answers on its own address and not for the virtual one is out, within the time of its check, and the
/// reason names what was done to it.
/// </summary>
public sealed class RoadTests(RoadTests.Classic classic) : IClassFixture<RoadTests.Classic>
{
    /// <summary>delay_loop 6, then four attempts of 3 s, 3 s apart, and what a busy host adds.</summary>
    private static readonly TimeSpan CheckTime = TimeSpan.FromSeconds(6 + (4 * 3) + (3 * 3) + 4);

    private const string Server = "192.168.1.130:80";
    private const string OnlyVip = "table ip t { chain i { type filter hook input priority 0; ip daddr 192.168.1.200 tcp dport 80 ";

    [Fact]
    public void Master_ChecksThroughTheVip_BackupPlainly_AndNeitherCountsAsAConnection()
    {
        RunningLab lab = classic.Settled();
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "a check through the VIP",
            () => Last(lab, "lb1").TryGetProperty("through", out JsonElement vip) && vip.GetString() == "192.168.1.200:80");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "a plain check on the backup",
            () => Last(lab, "lb2").TryGetProperty("plainBecause", out JsonElement why) && why.GetString() == "VI_1 is not master here");
        Assert.Contains("through the VIP", lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "status"]), StringComparison.Ordinal);
        Assert.DoesNotContain("192.168.1.128", lab.MachineOf("lb1").RunChecked(["ipvsadm", "-Lnc"]), StringComparison.Ordinal);
    }

    [Fact]
    public void VipOffLo() => Breaks(
        lab => lab.Faults.VipOff("web1"), lab => lab.Faults.VipOn("web1"),
        "answers on its own address, does not answer for the VIP 192.168.1.200:80 (connection timed out): VIP missing on lo?");

    [Fact]
    public void ListenerOnTheServersOwnAddressOnly() => Breaks(
        lab => Listen(lab, "192.168.1.130:80"), lab => Listen(lab, "80"),
        "does not answer for the VIP 192.168.1.200:80 (connection refused): nothing listens on that address there");

    [Fact]
    public void NoWayBackForWhatTheVipSends() => Breaks(
        lab => Run(lab, "ip", "rule", "add", "from", "192.168.1.200", "blackhole", "pref", "10"),
        lab => Run(lab, "ip", "rule", "del", "from", "192.168.1.200", "blackhole", "pref", "10"),
        "or its answers from there find no way back");

    [Fact]
    public void ArpSilenceLost() => Breaks(
        lab => Run(lab, "sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=0", "net.ipv4.conf.lo.arp_ignore=0", "net.ipv4.conf.eth0.arp_ignore=0"),
        lab => Run(lab, "sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=1"),
        "it answers ARP for it: arp_ignore is lost");

    [Fact]
    public void FirewallRejects() => Breaks(
        lab => Run(lab, "nft", OnlyVip + "reject with icmp type admin-prohibited; }; }"), lab => Run(lab, "nft", "delete table ip t"),
        "its firewall rejects what goes to that address");

    [Fact]
    public void FirewallSwallows() => Breaks(
        lab => Run(lab, "nft", OnlyVip + "drop; }; }"), lab => Run(lab, "nft", "delete table ip t"),
        "the address answers ping: its firewall, or a full backlog, swallows the port");

    [Fact]
    public void ServerThatRoutes_AndLostTheVip_IsNotServedByAnother() => Breaks(
        lab =>
        {
            Run(lab, "sysctl", "-qw", "net.ipv4.ip_forward=1");
            lab.Faults.VipOff("web1");
        },
        lab =>
        {
            lab.Faults.VipOn("web1");
            Run(lab, "sysctl", "-qw", "net.ipv4.ip_forward=0");
        },
        "VIP missing on lo?");

    private void Breaks(Action<RunningLab> harm, Action<RunningLab> heal, string reason)
    {
        RunningLab lab = classic.Settled();
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "web1 well by a check through the VIP",
            () => Last(lab, "lb1") is var last && last.GetProperty("success").GetBoolean() && last.TryGetProperty("through", out _));
        harm(lab);
        try
        {
            Poll.UntilOrThrow(CheckTime, "web1 out of the master's table", () => !classic.Balances("lb1", "web1"));
            Assert.True(classic.Balances("lb1", "web2"));
            Assert.True(classic.Balances("lb2", "web1"), "the backup asks plainly");
            string log = classic.LogOf("lb1").Last(line => line.Contains("Removing service [192.168.1.130]:tcp:80", StringComparison.Ordinal));
            Assert.Contains(reason, log, StringComparison.Ordinal);
            JsonElement last = Last(lab, "lb1");
            Assert.Contains(last.GetProperty("offRoad").GetProperty("cause").GetString()!, last.GetProperty("outcome").GetString()!, StringComparison.Ordinal);
        }
        finally
        {
            heal(lab);
        }

        Poll.UntilOrThrow(CheckTime, "web1 back in the master's table", () => classic.Balances("lb1", "web1"));
    }

    private static JsonElement Last(RunningLab lab, string director)
    {
        string json = lab.MachineOf(director).RunChecked([lab.Options.ProgramPath, "status", "--json"]);
        using var status = JsonDocument.Parse(json);
        JsonElement server = status.RootElement.GetProperty("virtualServers")[0].GetProperty("realServers").EnumerateArray()
            .Single(real => real.GetProperty("address").GetString() == Server);
        return server.TryGetProperty("lastCheck", out JsonElement last) ? last.Clone() : JsonDocument.Parse("""{"success":false}""").RootElement;
    }

    private static void Run(RunningLab lab, params string[] command) => lab.MachineOf("web1").RunChecked(command);

    private static void Listen(RunningLab lab, string where)
    {
        Machine web = lab.MachineOf("web1");
        web.RunChecked(["sed", "-i", $"s/listen .*;/listen {where} reuseport backlog=4096;/", "/etc/nginx/nginx.conf"]);
        lab.Services.Stop("web1", Topology.LabService.Nginx);
        web.StartService("nginx", ["/usr/sbin/nginx", "-c", "/etc/nginx/nginx.conf", "-g", "daemon off;"], "/var/log/nginx/start.log");
        Poll.UntilOrThrow(TimeSpan.FromSeconds(10), "nginx listening", () => web.ListensOn(80));
    }

    public sealed class Classic() : PointsmanLab("classic");
}
