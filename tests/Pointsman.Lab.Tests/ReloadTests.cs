using Pointsman.Lab.Machines;
using Pointsman.Lab.Probing;

namespace Pointsman.Lab.Tests;

/// <summary>A director's file is changed under load: what is configured as before goes on, and a bad file changes nothing.</summary>
public sealed class ReloadTests(ReloadTests.Classic classic) : IClassFixture<ReloadTests.Classic>
{
    private const string Vip = "192.168.1.200";
    private const string File = "/etc/keepalived/keepalived.conf";
    private const string Web2 = "real_server 192.168.1.131 80 {\n        weight 3";

    [Fact]
    public void WeightsPriorityAddressesAndServices_Change_NothingIsLost()
    {
        RunningLab lab = classic.Settled();
        string file = Read(lab);
        int takeovers = Takeovers();
        lab.MachineOf("web1").RunChecked(["ip", "addr", "replace", "192.168.1.201/32", "dev", "lo"]);
        using ProbeSession probe = ProbeSession.Http(lab, Vip + ":80", "--rate", "50", "--deadline", "900");
        using ProbeSession held = ProbeSession.Hold(lab, Vip + ":80", "--count", "6");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers on all", () => held.ReportHeld().All(connection => connection.Answers > 3));
        probe.Report();

        Apply(lab, Edit(file, Web2, Web2.Replace("weight 3", "weight 5", StringComparison.Ordinal)), "real_server 192.168.1.131 80: weight 3 -> 5");
        Apply(lab, Edit(file, Web2, Web2.Replace("weight 3", "weight 0", StringComparison.Ordinal)), "weight 5 -> 0");
        ExpectAnswers(probe, held);
        Apply(lab, Edit(file, "priority 100", "priority 120"), "vrrp_instance VI_1: priority 100 -> 120");
        Apply(
            lab,
            Edit(file, "        192.168.1.200\n", "        192.168.1.200\n        192.168.1.201\n") + Service("192.168.1.201"),
            "virtual_server 192.168.1.201 80 added");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the new address serves", () => classic.Ask("192.168.1.201") is not null);
        ExpectAnswers(probe, held);
        Apply(lab, file, "vrrp_instance VI_1: virtual_ipaddress 192.168.1.201/32 removed");
        Poll.UntilOrThrow(
            PointsmanLab.StateLimit,
            "the address is gone",
            () => lab.MachineOf("lb1").RunChecked(["ip", "-4", "-o", "addr", "show", "to", "192.168.1.201"]).Length == 0);
        ExpectAnswers(probe, held);

        Assert.Equal("lb1", lab.View.Master);
        Assert.Equal(takeovers, Takeovers());
        Assert.Equal(0, probe.Report().Lost);
        Assert.All(held.ReportHeld(), connection => Assert.Equal(0, connection.Breaks));
    }

    [Fact]
    public void TimeoutsOfIdleConnections_AreTheFiles()
    {
        RunningLab lab = classic.Settled();
        string file = Read(lab);
        string Timeouts() => lab.MachineOf("lb1").RunChecked(["ipvsadm", "-L", "--timeout"]).Trim();
        Assert.Equal("Timeout (tcp tcpfin udp): 900 120 300", Timeouts());
        Apply(lab, Edit(file, "global_defs {\n", "global_defs {\n   lvs_timeouts tcp 100 udp 60\n"), "lvs_timeouts");
        Assert.Equal("Timeout (tcp tcpfin udp): 100 120 60", Timeouts());
        Apply(lab, file, "lvs_timeouts");
        Assert.Equal("Timeout (tcp tcpfin udp): 900 120 300", Timeouts());
    }

    [Fact]
    public void ServerRemovedAndAddedAgainInTime_ItsConnectionsGoOn()
    {
        RunningLab lab = classic.Settled();
        string file = Read(lab);
        using ProbeSession held = ProbeSession.Hold(lab, Vip + ":80", "--count", "6");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers on all", () => held.ReportHeld().All(connection => connection.Answers > 3));
        int start = file.IndexOf("    real_server 192.168.1.131", StringComparison.Ordinal);
        string without = file[..start] + "}\n";

        Apply(lab, without, "real_server 192.168.1.131 80 removed");
        Assert.False(classic.Balances("lb1", "web2"));
        Apply(lab, file, "real_server 192.168.1.131 80 added");

        int answers = held.ReportHeld().Sum(connection => connection.Answers);
        Poll.UntilOrThrow(
            PointsmanLab.StateLimit, "answers on all again", () => held.ReportHeld().Sum(connection => connection.Answers) > answers + 60);
        Assert.All(held.ReportHeld(), connection => Assert.Equal(0, connection.Breaks));
    }

    [Fact]
    public void BadFile_IsRefused_EverythingIsAsItWas_AndStatusSaysSo()
    {
        RunningLab lab = classic.Settled();
        string file = Read(lab);
        string before = Table(lab);
        using ProbeSession probe = ProbeSession.Http(lab, Vip + ":80", "--rate", "50", "--deadline", "900");
        try
        {
            lab.MachineOf("lb1").WriteFile(File, Edit(file, "lb_algo rr", "lb_allgo rr") + "virtual_server {\n");
            CommandResult refused = lab.MachineOf("lb1").Run([lab.Options.ProgramPath, "reload"]);

            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("did you mean `lb_algo`?", refused.Output + refused.Error, StringComparison.Ordinal);
            Assert.Contains("RELOAD REFUSED", Status(lab), StringComparison.Ordinal);
            Assert.Equal(before, Table(lab));
            Assert.Equal(2, lab.MachineOf("lb1").Run([lab.Options.ProgramPath, "diff"]).ExitCode);
        }
        finally
        {
            lab.MachineOf("lb1").WriteFile(File, file);
        }

        Assert.Equal(0, lab.MachineOf("lb1").Run([lab.Options.ProgramPath, "diff"]).ExitCode);
        Apply(lab, file, "nothing changed");
        Assert.DoesNotContain("RELOAD REFUSED", Status(lab), StringComparison.Ordinal);
        Assert.Equal("lb1", lab.View.Master);
        Assert.Equal(0, probe.Report().Lost);
    }

    [Fact]
    public void VrrpProcessDies_WhileAReloadIsAskedFor_NodeComesBackWithTheNewFile()
    {
        RunningLab lab = classic.Settled();
        string file = Read(lab);
        string pid = classic.LogOf("lb1").Last(line => line.Contains("Starting VRRP child process, pid=", StringComparison.Ordinal))
            .Split("pid=")[1];
        try
        {
            lab.MachineOf("lb1").WriteFile(File, Edit(file, "priority 100", "priority 130"));
            lab.MachineOf("lb1").RunChecked(["kill", "-9", pid]);
            lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "reload"]);

            Poll.UntilOrThrow(PointsmanLab.StateLimit, "MASTER with the new priority", () => Status(lab) is var status
                && status.Contains("VI_1  MASTER", StringComparison.Ordinal) && status.Contains("priority 130", StringComparison.Ordinal));
        }
        finally
        {
            Apply(lab, file, "vrrp_instance VI_1: priority 130 -> 100");
        }
    }

    private static string Read(RunningLab lab) => lab.MachineOf("lb1").RunChecked(["cat", File]);

    private static string Table(RunningLab lab) => string.Join('\n', lab.MachineOf("lb1").RunChecked(["ipvsadm", "-Ln"]).Split('\n')
        .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(4))));

    private static string Status(RunningLab lab) => lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "status"]);

    private static string Edit(string file, string before, string after)
    {
        Assert.Contains(before, file, StringComparison.Ordinal);
        return file.Replace(before, after, StringComparison.Ordinal);
    }

    private static string Service(string vip) => $$"""
        virtual_server {{vip}} 80 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 192.168.1.130 80 {
                weight 1
            }
        }

        """;

    // The whole output is looked at, for what has changed by it.
    private static void Apply(RunningLab lab, string file, string change)
    {
        lab.MachineOf("lb1").WriteFile(File, file);
        CommandResult reload = lab.MachineOf("lb1").Run([lab.Options.ProgramPath, "reload"]);
        Assert.True(reload.ExitCode == 0, reload.Output + reload.Error);
        Assert.Contains(change, reload.Output, StringComparison.Ordinal);
    }

    private static void ExpectAnswers(ProbeSession probe, ProbeSession held)
    {
        int answers = held.ReportHeld().Sum(connection => connection.Answers);
        Poll.UntilOrThrow(
            PointsmanLab.StateLimit,
            "answers after the reload",
            () => held.ReportHeld().Sum(connection => connection.Answers) > answers + 30 && probe.Recent(TimeSpan.FromSeconds(1)).Answered > 20);
    }

    private int Takeovers() => classic.LogOf("lb2").Count(line => line.Contains("Entering MASTER STATE", StringComparison.Ordinal));

    public sealed class Classic() : PointsmanLab("classic");
}
