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

            CommandResult batch = director.Run(
                ["sh", "-c", $"printf '%s\\n' '-A -u {Vip}:83 -s rr -o' '-a -u {Vip}:83 -r {Web2} -m' '-a -u {Vip}:83 -r {Web2}' '--set 800 0 0' '-L --timeout' | ipvsadm -R"]);
            Assert.Contains("cannot come back by NAT", batch.Error, StringComparison.Ordinal);
            Assert.Equal("Timeout (tcp tcpfin udp): 800 120 300", batch.Output.TrimEnd());

            Assert.Matches(new Regex($@"-> {Web2}:80 +Route +0 "), director.RunChecked(["ipvsadm", "-Ln"]));
            Assert.Matches(new Regex($@"-> {Web2}:83 +Route +1 "), director.RunChecked(["ipvsadm", "-Ln"]));
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
            && status.Contains("timeouts: tcp 800", StringComparison.Ordinal)
            && status.Contains($"TCP {Vip}:81: added", StringComparison.Ordinal));
        Assert.Equal("web1", classic.Ask(Vip));

        Ipvsadm(director, $"-e -t {Vip}:80 -r {Web2} -g -w 3");
        Ipvsadm(director, $"-D -t {Vip}:81");
        Ipvsadm(director, $"-D -u {Vip}:83");
        Ipvsadm(director, "--set 900 0 0");
        Assert.DoesNotContain("SET BY HAND", director.RunChecked([lab.Options.ProgramPath, "status"]), StringComparison.Ordinal);
        Assert.Equal("lb1", lab.View.Master);
        Assert.Equal(0, probe.Report().Lost);
        Assert.All(held.ReportHeld(), connection => Assert.Equal(0, connection.Breaks));
    }

    // The name keepalived, in the background. The address is in no instance: nobody's lease ends.
    [Fact]
    public void DontReleaseIpvs_DaemonEnds_TablesStayAndBalance_AndTheNextOneTakesThemAway()
    {
        const string vip = "192.168.1.204";
        RunningLab lab = classic.Settled();
        Machine director = lab.MachineOf("lb1");
        lab.Services.Stop("lb1", LabService.Director);
        foreach (string server in (string[])["web1", "web2"])
        {
            lab.MachineOf(server).RunChecked(["ip", "addr", "replace", $"{vip}/32", "dev", "lo"]);
        }

        director.RunChecked(["ip", "addr", "replace", $"{vip}/32", "dev", "eth0"]);
        director.WriteFile("/tmp/kept.conf", $$"""
            virtual_server {{vip}} 80 {
                lb_algo rr
                lb_kind DR
                protocol TCP
                real_server 192.168.1.130 80 {
                    weight 1
                }
                real_server {{Web2}} 80 {
                    weight 1
                }
            }
            """);
        try
        {
            RunAndStop("-I");
            Assert.Matches(new Regex($@"-> {Web2}:80 +Route +1 "), director.RunChecked(["ipvsadm", "-Ln"]));
            Assert.Equal(2, Enumerable.Range(0, 4).Select(_ => classic.Ask(vip)).OfType<string>().Distinct().Count());

            RunAndStop();
            Assert.DoesNotContain(vip, director.RunChecked(["ipvsadm", "-Ln"]), StringComparison.Ordinal);
            Assert.Null(classic.Ask(vip));
        }
        finally
        {
            director.RunChecked(["ip", "addr", "del", $"{vip}/32", "dev", "eth0"]);
            lab.Services.Start("lb1", LabService.Director);
        }

        void RunAndStop(params string[] options)
        {
            string keepalived = Path.Combine(Path.GetDirectoryName(lab.Options.ProgramPath)!, "keepalived");
            director.RunChecked([keepalived, "-C", "-f", "/tmp/kept.conf", "-p", "/tmp/kept.pid", .. options]);
            Poll.UntilOrThrow(PointsmanLab.StateLimit, "both answer", () =>
                Enumerable.Range(0, 4).Select(_ => classic.Ask(vip)).OfType<string>().Distinct().Count() == 2);
            director.RunChecked(["sh", "-c", "kill $(cat /tmp/kept.pid)"]);
            Poll.UntilOrThrow(PointsmanLab.StateLimit, "it ends", () => !director.Run(["test", "-e", "/tmp/kept.pid"]).Succeeded);
        }
    }

    private static void Ipvsadm(Machine machine, string line)
    {
        CommandResult result = machine.Run(["ipvsadm", .. line.Split(' ')]);
        Assert.True(result.ExitCode == 0, $"ipvsadm {line}: {result.Output}{result.Error}");
    }

    public sealed class Classic() : PointsmanLab("classic");
}
