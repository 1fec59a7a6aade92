using System.Diagnostics;

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

    private static RunningLab HangOfTheMaster(TestLab test)
    {
        RunningLab lab = test.Lab;
        lab.View.WaitForMaster("lb1", StateLimit);
        Signal(lab, "STOP");
        Poll.UntilOrThrow(StateLimit, "the address on both", () => lab.View.HoldersOf(Vip).Count == 2);
        return lab;
    }

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
