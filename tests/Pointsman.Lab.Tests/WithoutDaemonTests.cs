using System.Text.RegularExpressions;
using Pointsman.Lab.Machines;
using Pointsman.Lab.Probing;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Tests;

/// <summary>The control process of the master is dead: ipvsadm changes its tables, clients go on, and the next one has it as set by hand.</summary>
public sealed class WithoutDaemonTests(WithoutDaemonTests.Classic classic) : IClassFixture<WithoutDaemonTests.Classic>
{
    private const string Vip = "192.168.1.200";
    private const string Web2 = "192.168.1.131";

    [Fact]
    public void ServerQuiesced_ServiceAdded_NothingIsLost_AndTheDaemonTakesItOver()
    {
        RunningLab lab = classic.Settled();
        Machine director = lab.MachineOf("lb1");
        using ProbeSession probe = ProbeSession.Http(lab, Vip + ":80", "--rate", "50", "--deadline", "900");
        using ProbeSession held = ProbeSession.Hold(lab, Vip + ":80", "--count", "6");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers on all", () => held.ReportHeld().All(connection => connection.Answers > 3));
        probe.Report();
        lab.Services.KillFirst("lb1", LabService.Director);
        try
        {
            Ipvsadm(director, $"-e -t {Vip}:80 -r {Web2} -g -w 0");
            Ipvsadm(director, $"-A -t {Vip}:81 -s rr");
            Ipvsadm(director, $"-a -t {Vip}:81 -r {Web2} -g -w 4");

            Assert.Matches(new Regex($@"-> {Web2}:80 +Route +0 "), director.RunChecked(["ipvsadm", "-Ln"]));
            Assert.All(Enumerable.Range(0, 6), _ => Assert.Equal("web1", classic.Ask(Vip)));
            Assert.Contains(
                "lease 51 holds",
                director.RunChecked([lab.Options.ProgramPath, "trace", "--packet", $"tcp,src=192.168.1.99:4000,dst={Vip}:81"]),
                StringComparison.Ordinal);
        }
        finally
        {
            lab.Services.Start("lb1", LabService.Director);
        }

        Poll.UntilOrThrow(PointsmanLab.StateLimit, "set by hand in its status", () =>
            director.Run([lab.Options.ProgramPath, "status"]).Output is var status
            && status.Contains($"TCP {Vip}:80 -> {Web2}:80: DR weight 0", StringComparison.Ordinal)
            && status.Contains($"TCP {Vip}:81: added", StringComparison.Ordinal));
        Assert.Equal("web1", classic.Ask(Vip));

        Ipvsadm(director, $"-e -t {Vip}:80 -r {Web2} -g -w 3");
        Ipvsadm(director, $"-D -t {Vip}:81");
        Assert.DoesNotContain("SET BY HAND", director.RunChecked([lab.Options.ProgramPath, "status"]), StringComparison.Ordinal);
        Assert.Equal("lb1", lab.View.Master);
        Assert.Equal(0, probe.Report().Lost);
        Assert.All(held.ReportHeld(), connection => Assert.Equal(0, connection.Breaks));
    }

    private static void Ipvsadm(Machine machine, string line)
    {
        CommandResult result = machine.Run(["ipvsadm", .. line.Split(' ')]);
        Assert.True(result.ExitCode == 0, $"ipvsadm {line}: {result.Output}{result.Error}");
    }

    public sealed class Classic() : PointsmanLab("classic");
}
