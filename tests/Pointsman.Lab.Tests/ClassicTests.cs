using Pointsman.Lab.Probing;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Tests;

/// <summary>Two directors, two web servers, the files of the field: what the drill does not look at.</summary>
public sealed class ClassicTests(ClassicTests.Classic classic) : IClassFixture<ClassicTests.Classic>
{
    private const string Vip = "192.168.1.200";

    [Fact]
    public void MasterStops_StandbyLogsAsOperatorsKnow_ClientLearnsTheNewMac()
    {
        RunningLab lab = classic.Settled();
        Assert.NotNull(classic.Ask(Vip));
        Assert.Contains("02:00:c0:a8:01:80", Neighbour(lab), StringComparison.Ordinal);

        lab.Services.Stop("lb1", LabService.Director);
        lab.View.WaitForMaster("lb2", PointsmanLab.StateLimit);

        // By the gratuitous ARP: the client has not asked since.
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the client knowing lb2's MAC address",
            () => Neighbour(lab).Contains("02:00:c0:a8:01:81", StringComparison.Ordinal));
        string log = string.Join('\n', classic.LogOf("lb2"));
        Assert.Contains("(VI_1) Entering MASTER STATE", log, StringComparison.Ordinal);
        Assert.Contains("(VI_1) setting VIPs.", log, StringComparison.Ordinal);
        Assert.Contains("(VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.168.1.200", log, StringComparison.Ordinal);
        Assert.Empty(lab.MachineOf("lb1").RunChecked(["ip", "-4", "-o", "addr", "show", "to", Vip]));
    }

    [Fact]
    public void ServerDownWhileTheDirectorStarts_IsRemovedByItsFirstCheck()
    {
        RunningLab lab = classic.Settled();
        lab.Services.Stop("lb2", LabService.Director);
        lab.Services.Stop("web2", LabService.Nginx);

        int starts = Starts("lb2");
        int removals = Removals();
        lab.Services.Start("lb2", LabService.Director);

        // The first check comes within one delay_loop of 6 s; three retries 3 s apart would make it 15.
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "Startup complete", () => Starts("lb2") > starts);
        TimeSpan removed = Poll.UntilOrThrow(PointsmanLab.StateLimit, "web2 removed", () => Removals() > removals);
        Assert.True(removed < TimeSpan.FromSeconds(8), $"removed {removed} after the start");
        Assert.False(classic.Balances("lb2", "web2"));

        int Removals() => classic.LogOf("lb2").Count(line => line.Contains("Removing service [192.168.1.131]:tcp:80", StringComparison.Ordinal));
    }

    [Fact]
    public void ServerStops_BothDirectorsRemoveItWithTheReason_ReturnsAndIsAdded()
    {
        RunningLab lab = classic.Settled();

        lab.Services.Stop("web1", LabService.Nginx);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "web1 out of both tables", () => !classic.Balances("lb1", "web1") && !classic.Balances("lb2", "web1"));
        lab.Services.Start("web1", LabService.Nginx);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "web1 in both tables", () => classic.Balances("lb1", "web1") && classic.Balances("lb2", "web1"));

        IReadOnlyList<string> log = classic.LogOf("lb1");
        Assert.Contains(log, line => line.Contains("Removing service [192.168.1.130]:tcp:80", StringComparison.Ordinal)
            && line.Contains("refused", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(log, line => line.Contains("Adding service [192.168.1.130]:tcp:80", StringComparison.Ordinal));
    }

    [Fact]
    public void ControlKilled_EstablishedAndNewConnectionsGoOn_RestartAdoptsThem()
    {
        RunningLab lab = classic.Settled();
        using ProbeSession probe = ProbeSession.Http(lab, Vip + ":80", "--rate", "50", "--deadline", "900");
        using ProbeSession held = ProbeSession.Hold(lab, Vip + ":80", "--count", "6");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers on all", () => held.ReportHeld().All(connection => connection.Answers > 3));
        probe.Report();
        string[] before = HeldAlone(lab, probe);
        int starts = Starts("lb1");

        lab.Services.KillFirst("lb1", LabService.Director);
        int answers = held.ReportHeld().Sum(connection => connection.Answers);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers without a control process",
            () => held.ReportHeld().Sum(connection => connection.Answers) > answers + 60 && probe.Recent(TimeSpan.FromSeconds(1)).Answered > 20);
        lab.Services.Start("lb1", LabService.Director);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "adoption",
            () => classic.LogOf("lb1").Any(line => line.Contains("Found a running data path", StringComparison.Ordinal)));
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the restarted daemon's start", () => Starts("lb1") > starts);

        Assert.Equal("lb1", lab.View.Master);
        Assert.Equal(before, HeldAlone(lab, probe));
        Assert.Equal(0, probe.Report().Lost);
        Assert.All(held.ReportHeld(), connection => Assert.Equal(0, connection.Breaks));
    }

    [Fact]
    public void HeldConnections_AreActive_EndedOnesInactive()
    {
        RunningLab lab = classic.Settled();

        using (ProbeSession held = ProbeSession.Hold(lab, Vip + ":80", "--count", "6"))
        {
            Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers on all", () => held.ReportHeld().All(connection => connection.Answers > 3));
            Poll.UntilOrThrow(PointsmanLab.StateLimit, "three active each", () => Counts(lab) is [(3, _), (3, _)]);
        }

        Poll.UntilOrThrow(PointsmanLab.StateLimit, "three inactive each", () => Counts(lab) is [(0, >= 3), (0, >= 3)]);
    }

    [Fact]
    public void Download_ThroughTheVip_ArrivesWhole()
    {
        RunningLab lab = classic.Settled();

        string size = lab.Client.RunChecked(
            ["curl", "-s", "-m", "30", "-r", "0-8388607", "-o", "/dev/null", "-w", "%{size_download}", $"http://{Vip}/big"], limit: TimeSpan.FromSeconds(40));

        Assert.Equal("8388608", size);
    }

    [Fact]
    public void VipOffAServer_RealServerStatusSaysSo_OnAgain_IsWhole()
    {
        RunningLab lab = classic.Settled();
        Assert.True(RealServerStatus(lab).Succeeded);

        lab.Faults.VipOff("web1");
        Machines.CommandResult status = RealServerStatus(lab);
        Assert.False(status.Succeeded);
        Assert.Contains(Vip, status.Output, StringComparison.Ordinal);

        lab.Faults.VipOn("web1");
        Assert.True(RealServerStatus(lab).Succeeded);
    }

    [Fact]
    public void Status_NamesInstanceServersAndWhy()
    {
        RunningLab lab = classic.Settled();

        string status = lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "status"]);

        Assert.Contains("VI_1  MASTER", status, StringComparison.Ordinal);
        Assert.Contains("192.168.1.200:80", status, StringComparison.Ordinal);
        Assert.Contains("192.168.1.130:80", status, StringComparison.Ordinal);
    }

    private static Machines.CommandResult RealServerStatus(RunningLab lab) =>
        lab.MachineOf("web1").Run([lab.Options.ProgramPath, "realserver", "status"]);

    // lladdr of the VIP as the client has it.
    private static string Neighbour(RunningLab lab) => lab.Client.RunChecked(["ip", "neigh", "show", Vip]);

    // Client, virtual and real address of each; the first columns (protocol, time left) change.
    // Of the short connections, some are open at any moment.
    private static string[] HeldAlone(RunningLab lab, ProbeSession probe)
    {
        probe.Pause();
        string[] open = [];
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the held connections alone", () => (open = Established(lab)).Length == 6);
        probe.Go();
        return open;
    }

    private static string[] Established(RunningLab lab) =>
    [
        .. lab.MachineOf("lb1").RunChecked(["ipvsadm", "-Lnc"]).Split('\n')
            .Where(line => line.Contains("ESTABLISHED", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(fields => string.Join(' ', fields[^3..]))
            .Order(StringComparer.Ordinal),
    ];

    // ActiveConn and InActConn of each real server, as `ipvsadm -Ln` prints them.
    private static (int Active, int Inactive)[] Counts(RunningLab lab) =>
    [
        .. lab.MachineOf("lb1").RunChecked(["ipvsadm", "-Ln"]).Split('\n')
            .Where(line => line.Contains("-> 192.168.1.", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(fields => (
                int.Parse(fields[^2], System.Globalization.CultureInfo.InvariantCulture),
                int.Parse(fields[^1], System.Globalization.CultureInfo.InvariantCulture))),
    ];

    private int Starts(string director) =>
        classic.LogOf(director).Count(line => line.EndsWith("Startup complete", StringComparison.Ordinal));

    public sealed class Classic() : PointsmanLab("classic");
}
