using System.Diagnostics;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Tests;

/// <summary>
/// A director whose processes stand still keeps the address on its interface. keepalived's kernel goes on answering for it,
/// beside the standby that took over; here the answers end with the lease.
/// </summary>
public sealed class DeadManTests
{
    private const string Vip = "192.168.1.200";

    private static readonly TimeSpan StateLimit = TimeSpan.FromSeconds(40);

    [Fact]
    public void KeepalivedHangs_StandbyTakesOver_BothAnswerForTheAddress()
    {
        using TestLab test = TestLab.WithKeepalived("classic");
        RunningLab lab = HangOfTheMaster(test);
        string answers = WhoAnswers(lab);
        Assert.True(Answers(lab, "lb1", answers), answers);
        Assert.True(Answers(lab, "lb2", answers), answers);
    }

    [Fact]
    public void PointsmanHangs_StandbyTakesOver_OnlyItAnswersForTheAddress()
    {
        using TestLab test = TestLab.WithPointsman("classic");
        RunningLab lab = HangOfTheMaster(test);
        string answers = WhoAnswers(lab);
        Assert.False(Answers(lab, "lb1", answers), answers);
        Assert.True(Answers(lab, "lb2", answers), answers);

        Signal(lab, "CONT");
        lab.View.WaitForMaster("lb1", StateLimit);
    }

    [Theory]
    [InlineData("STOP")]
    [InlineData("KILL")]
    public void NothingIsBalanced_MasterIsSilenced_OnlyTheStandbyAnswersForTheAddress(string signal)
    {
        using TestLab test = TestLab.WithPointsman("classic");
        KeepVrrpAlone(test.Lab);
        Assert.Contains("DEAD MAN'S SWITCH  on  eth0", Status(test.Lab), StringComparison.Ordinal);

        RunningLab lab = HangOfTheMaster(test, signal);

        string answers = WhoAnswers(lab);
        Assert.False(Answers(lab, "lb1", answers), answers);
        Assert.True(Answers(lab, "lb2", answers), answers);
    }

    // The answers of keepalived's kernel are asked for as well: else nobody would know that the question is a good one.
    [Fact]
    public void OverIpv6_MasterIsKilled_OnlyTheStandbyAnswersForTheAddress()
    {
        using TestLab test = TestLab.WithPointsman("classic");
        KeepVrrpAlone(test.Lab, more: Ipv6Instance);
        RunningLab lab = HangOfTheMasterOverIpv6(test);
        string answers = WhoAnswersOverIpv6(lab);
        Assert.False(AnswersOverIpv6(lab, "lb1", answers), answers);
        Assert.True(AnswersOverIpv6(lab, "lb2", answers), answers);
    }

    [Fact]
    public void OverIpv6_KeepalivedIsKilled_BothAnswerForTheAddress()
    {
        using TestLab test = TestLab.WithKeepalived("classic");
        KeepVrrpAlone(test.Lab, more: Ipv6Instance);
        RunningLab lab = HangOfTheMasterOverIpv6(test);
        string answers = WhoAnswersOverIpv6(lab);
        Assert.True(AnswersOverIpv6(lab, "lb1", answers), answers);
        Assert.True(AnswersOverIpv6(lab, "lb2", answers), answers);
    }

    [Fact]
    public void NothingIsBalanced_KeepalivedIsKilled_BothAnswerForTheAddress()
    {
        using TestLab test = TestLab.WithKeepalived("classic");
        KeepVrrpAlone(test.Lab);

        RunningLab lab = HangOfTheMaster(test, "KILL");

        string answers = WhoAnswers(lab);
        Assert.True(Answers(lab, "lb1", answers), answers);
        Assert.True(Answers(lab, "lb2", answers), answers);
    }

    [Fact]
    public void SwitchedOff_NothingIsLoaded_AndSwitchedOnByReload_MasteryIsKept()
    {
        using TestLab test = TestLab.WithPointsman("classic");
        RunningLab lab = test.Lab;
        KeepVrrpAlone(lab, "#pointsman: dead_mans_switch off");
        Assert.Contains("DEAD MAN'S SWITCH  off", Status(lab), StringComparison.Ordinal);
        Assert.False(HasPins(lab));

        lab.MachineOf("lb1").RunChecked(["sed", "-i", "s/dead_mans_switch off/dead_mans_switch on/", File]);
        lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "reload"]);
        Assert.Contains("DEAD MAN'S SWITCH  on  eth0", Status(lab), StringComparison.Ordinal);
        Assert.Equal("lb1", lab.View.Master);

        lab.Services.Stop("lb1", LabService.Director);
        Assert.False(HasPins(lab));
    }

    private const string File = "/etc/keepalived/keepalived.conf";

    private static bool HasPins(RunningLab lab) =>
        lab.MachineOf("lb1").RunChecked(["sh", "-c", "ls -d /sys/fs/bpf/pointsman 2>/dev/null || true"]).Length > 0;

    private static string Status(RunningLab lab) => lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "status"]);

    // The site without its virtual servers: two routers with a virtual address.
    private static void KeepVrrpAlone(RunningLab lab, string global = "", Func<int, string>? more = null)
    {
        int priority = 150;
        foreach (string node in (string[])["lb1", "lb2"])
        {
            lab.Services.Stop(node, LabService.Director);
            lab.MachineOf(node).RunChecked(["sed", "-i", $"/^virtual_server/,$d;s/^global_defs {{/global_defs {{\\n    {global}/", File]);
            if (more is not null)
            {
                lab.MachineOf(node).WriteFile(File, lab.MachineOf(node).RunChecked(["cat", File]) + more(priority));
                priority -= 50;
            }
        }

        lab.Services.Start("lb1", LabService.Director);
        lab.View.WaitForMaster("lb1", StateLimit);
        lab.Services.Start("lb2", LabService.Director);
    }

    private static RunningLab HangOfTheMaster(TestLab test, string signal = "STOP")
    {
        RunningLab lab = test.Lab;
        lab.View.WaitForMaster("lb1", StateLimit);
        Signal(lab, signal);
        Poll.UntilOrThrow(StateLimit, "the address on both", () => lab.View.HoldersOf(Vip).Count == 2);
        return lab;
    }

    private const string VipV6 = "2001:db8:66::200";

    private static string Ipv6Instance(int priority) => $$"""

        vrrp_instance VI_6 {
            state BACKUP
            interface eth0
            virtual_router_id 66
            priority {{priority}}
            advert_int 1
            virtual_ipaddress {
                fe80::66:200
                {{VipV6}}/64
            }
        }

        """;

    private static RunningLab HangOfTheMasterOverIpv6(TestLab test)
    {
        RunningLab lab = test.Lab;
        lab.Client.RunChecked(["ip", "-6", "addr", "add", "2001:db8:66::9/64", "dev", "eth0", "nodad"]);
        Poll.UntilOrThrow(StateLimit, "the IPv6 address on lb1", () => HasVipV6(lab, "lb1") && !HasVipV6(lab, "lb2"));
        Signal(lab, "KILL");
        Poll.UntilOrThrow(StateLimit, "the IPv6 address on both", () => HasVipV6(lab, "lb1") && HasVipV6(lab, "lb2"));
        return lab;
    }

    private static bool HasVipV6(RunningLab lab, string machine) =>
        lab.MachineOf(machine).RunChecked(["ip", "-6", "-o", "addr", "show", "to", VipV6]).Length > 0;

    private static bool AnswersOverIpv6(RunningLab lab, string machine, string heard) => heard.Split('\n').Any(line =>
        line.Contains($"{MacOf(lab, machine)} > ", StringComparison.Ordinal)
        && line.Contains($"neighbor advertisement, tgt is {VipV6}", StringComparison.Ordinal));

    private static string WhoAnswersOverIpv6(RunningLab lab) => lab.Client.RunChecked(
    [
        "sh", "-c",
        "tcpdump -U -e -n -i eth0 -w /tmp/dead-man6.pcap icmp6 2>/dev/null & watch=$!; sleep 1; "
        + $"for i in 1 2 3; do ip -6 neigh flush all; curl -s -m 1 http://[{VipV6}]/ >/dev/null; sleep 1; done; "
        + "kill $watch; wait; tcpdump -e -n -r /tmp/dead-man6.pcap 2>/dev/null; rm /tmp/dead-man6.pcap",
    ]);

    private static void Signal(RunningLab lab, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", .. lab.MachineOf("lb1").ServicePids("director").Select(pid => $"{pid}")]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static bool Answers(RunningLab lab, string machine, string heard) =>
        heard.Contains($"{Vip} is-at {MacOf(lab, machine)}", StringComparison.Ordinal);

    // Three times, each as if for the first time.
    private static string WhoAnswers(RunningLab lab) => lab.Client.RunChecked(
    [
        "sh", "-c",
        "tcpdump -U -n -i eth0 -w /tmp/dead-man.pcap arp 2>/dev/null & watch=$!; sleep 1; "
        + $"for i in 1 2 3; do ip neigh flush all; curl -s -m 1 http://{Vip}/ >/dev/null; sleep 1; done; "
        + "kill $watch; wait; tcpdump -n -r /tmp/dead-man.pcap 2>/dev/null; rm /tmp/dead-man.pcap",
    ]);

    private static string MacOf(RunningLab lab, string machine) =>
        lab.MachineOf(machine).RunChecked(["cat", "/sys/class/net/eth0/address"]).Trim();
}
