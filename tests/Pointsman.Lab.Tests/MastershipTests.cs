using Pointsman.Lab.Machines;
using Pointsman.Lab.Probing;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Tests;

/// <summary>The operator moves the virtual IP by hand, under a client's eyes.</summary>
public sealed class MastershipTests(ClassicTests.Classic classic) : IClassFixture<ClassicTests.Classic>
{
    private const string Vip = "192.168.1.200";

    [Fact]
    public void Failover_MovesTheVipWithoutLoss_StaysOverAReload_TakeoverBringsItBack()
    {
        RunningLab lab = classic.Settled();
        using ProbeSession probe = ProbeSession.Http(lab, Vip + ":80", "--rate", "50", "--deadline", "900");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers", () => probe.Recent(TimeSpan.FromSeconds(1)).Answered > 20);
        probe.Report();

        string told = Vrrp(lab, "lb1", "failover").Output;
        Assert.Contains("VI_1: handed over to 192.168.1.129 (priority 50)", told, StringComparison.Ordinal);
        lab.View.WaitForMaster("lb2", PointsmanLab.StateLimit);

        // One request may be under way while the addresses move.
        Assert.InRange(probe.Report().Lost, 0, 1);

        // The order outlives the process that obeyed it: lb1 has the higher priority, and would take over at once.
        Reload(lab);
        Assert.Equal("lb2", lab.View.Master);
        Assert.Contains("stand aside", Status(lab), StringComparison.Ordinal);

        Assert.True(Vrrp(lab, "lb1", "takeover").Succeeded);
        lab.View.WaitForMaster("lb1", PointsmanLab.StateLimit);
        Assert.DoesNotContain("stand aside", Status(lab), StringComparison.Ordinal);
    }

    [Fact]
    public void Maintenance_OutlivesARestart_AndIsRefusedToTheLastNode()
    {
        RunningLab lab = classic.Settled();

        Assert.True(Vrrp(lab, "lb1", "maintenance", "on").Succeeded);
        lab.View.WaitForMaster("lb2", PointsmanLab.StateLimit);
        lab.Services.Stop("lb1", LabService.Director);
        lab.Services.Start("lb1", LabService.Director);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "maintenance after the restart",
            () => Status(lab).Contains("(maintenance ordered)", StringComparison.Ordinal));

        CommandResult refused = Vrrp(lab, "lb2", "maintenance", "on");
        Assert.False(refused.Succeeded);
        Assert.Contains("nobody took over", refused.Output, StringComparison.Ordinal);
        Assert.Equal("lb2", lab.View.Master);

        Assert.True(Vrrp(lab, "lb1", "maintenance", "off").Succeeded);
        lab.View.WaitForMaster("lb1", PointsmanLab.StateLimit);
    }

    [Fact]
    public void OrderThatMakesNoSense_IsRefusedInWords()
    {
        RunningLab lab = classic.Settled();

        Assert.Contains("not master of VI_1", Vrrp(lab, "lb2", "failover").Error, StringComparison.Ordinal);
        Assert.Contains("there are VI_1", Vrrp(lab, "lb1", "failover", "VI_9").Error, StringComparison.Ordinal);
        CommandResult lower = Vrrp(lab, "lb2", "takeover");
        Assert.False(lower.Succeeded);
        Assert.Contains("would take it back", lower.Output, StringComparison.Ordinal);
        Assert.Equal("lb1", lab.View.Master);
    }

    [Fact]
    public void Watch_ShowsTheMaster_AndTwoOfThemWhenTheyDoNotHearEachOther()
    {
        RunningLab lab = classic.Settled();
        string[] watch = [lab.Options.ProgramPath, "vrrp", "watch", "--for", "3"];
        Assert.Contains("192.168.1.128 (this node)", lab.MachineOf("lb1").RunChecked(watch), StringComparison.Ordinal);

        lab.Faults.DropVrrp("lb1", "lb2", oneWay: false);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both masters on the wire",
            () => lab.Client.RunChecked(watch).Split("not alone: 2 speak for virtual router 51").Length == 3);
    }

    private static CommandResult Vrrp(RunningLab lab, string node, params string[] words) =>
        lab.MachineOf(node).Run([lab.Options.ProgramPath, "vrrp", .. words]);

    private static string Status(RunningLab lab) => lab.MachineOf("lb1").Run([lab.Options.ProgramPath, "status"]).Output;

    // With another setting, so that the VRRP process is replaced.
    private void Reload(RunningLab lab)
    {
        Machine lb1 = lab.MachineOf("lb1");
        lb1.RunChecked(["sed", "-i", "s/priority 100/priority 101/", "/etc/keepalived/keepalived.conf"]);
        int before = Reloads();
        lb1.RunChecked(["sh", "-c", "kill -HUP $(cat /run/pointsman/pointsman.pid)"]);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the reload", () => Reloads() > before);

        int Reloads() => classic.LogOf("lb1").Count(line => line.Contains("Reload complete", StringComparison.Ordinal));
    }
}
