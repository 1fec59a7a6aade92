using Pointsman.Lab.Probing;
using Pointsman.Lab.Topology;
using Pointsman.Lab.Views;

namespace Pointsman.Lab.Tests;

/// <summary>What the lab can break, with keepalived electing the master: no balancing is needed for any of it.</summary>
public sealed class FaultTests(FaultTests.Classic classic) : IClassFixture<FaultTests.Classic>
{
    private static readonly TimeSpan StateLimit = TimeSpan.FromSeconds(30);

    private RunningLab Lab => classic.Lab;

    [Fact]
    public void Cut_ThenRestore_ServerIsUnreachableThenAnswers()
    {
        Assert.True(Asks("192.168.1.131"));

        Lab.Faults.Cut("web2");
        Assert.Contains("cut web2", Lab.View.Status().Faults);
        Assert.False(Asks("192.168.1.131"));

        Lab.Faults.Restore("web2");
        Poll.UntilOrThrow(StateLimit, "web2 answering again", () => Asks("192.168.1.131"));
        Assert.Empty(Lab.View.Status().Faults);
    }

    [Fact]
    public void StopThenStartNginx_StatusAndClientSeeIt()
    {
        Lab.Services.Stop("web1", LabService.Nginx);
        Assert.False(Lab.Services.IsRunning("web1", LabService.Nginx));
        Assert.False(Asks("192.168.1.130"));

        Lab.Services.Start("web1", LabService.Nginx);
        Assert.True(Asks("192.168.1.130"));
        Assert.Throws<LabException>(() => Lab.Services.Start("web1", LabService.Nginx));
    }

    [Fact]
    public void VipOffThenOn_RealServerLosesAndRegainsTheAddress()
    {
        Lab.Faults.VipOff("web1");
        Assert.Contains("vip-off web1", Lab.View.Status().Faults);

        Lab.Faults.VipOn("web1");
        Assert.DoesNotContain("vip-off web1", Lab.View.Status().Faults);
    }

    [Fact]
    public void DropVrrpBothWays_BothAreMaster_AllowVrrp_OneIs()
    {
        Lab.View.WaitForMaster("lb1", StateLimit);

        Lab.Faults.DropVrrp("lb1", "lb2", oneWay: false);
        Poll.UntilOrThrow(StateLimit, "two masters", () => Lab.View.HoldersOf("192.168.1.200").Count == 2);

        Lab.Faults.AllowVrrp("lb1", "lb2");
        Lab.View.WaitForMaster("lb1", StateLimit);
    }

    [Fact]
    public void KillMaster_OtherTakesOver_Boot_FirstReturns()
    {
        Lab.View.WaitForMaster("lb1", StateLimit);

        Lab.Services.Kill("lb1", LabService.Director);
        Lab.View.WaitForMaster("lb2", StateLimit);

        Lab.Services.Start("lb1", LabService.Director);
        Lab.View.WaitForMaster("lb1", StateLimit);
    }

    [Fact]
    public void KillFirst_ChildrenStay_BootStartsAnother()
    {
        Lab.View.WaitForMaster("lb1", StateLimit);
        IReadOnlyList<int> before = Lab.MachineOf("lb2").ServicePids("director");

        int killed = Lab.Services.KillFirst("lb2", LabService.Director);

        Assert.Equal(before[0], killed);
        Assert.False(Lab.Services.IsRunning("lb2", LabService.Director));
        // keepalived's own children end with it, in their own time.
        Poll.UntilOrThrow(StateLimit, "the end of the children", () => Lab.MachineOf("lb2").ServicePids("director").Count == 0);
        Lab.Services.Start("lb2", LabService.Director);
        Assert.True(Lab.Services.IsRunning("lb2", LabService.Director));
        Lab.View.WaitForMaster("lb1", StateLimit);
    }

    [Fact]
    public void FrameFromOneDirectorToTheOther_IsCountedByPort_AlsoWithAnotherMac()
    {
        Lab.View.WaitForMaster("lb1", StateLimit);
        string standbyMac = Lab.MachineOf("lb1").RunChecked(["cat", "/sys/class/net/eth0/address"]);
        Lab.Traffic.ReadAndReset();

        for (int exchange = 0; exchange < 2; exchange++)
        {
            // The standby sends one SYN on, as a director would, in the name of a client.
            Lab.MachineOf("lb2").RunChecked(["ip", "addr", "replace", "192.168.1.77/32", "dev", "lo"]);
            Lab.MachineOf("lb2").RunChecked(["ip", "neigh", "replace", "192.168.1.200", "lladdr", standbyMac, "dev", "eth0"]);
            Lab.MachineOf("lb2").Run(["curl", "-s", "-m", "0.5", "--interface", "192.168.1.77", "http://192.168.1.200/"]);

            TrafficCount count = Lab.Traffic.ReadAndReset();
            Assert.True(count.From("lb2", "lb1") >= 1, $"{count.From("lb2", "lb1")} frames");
            Assert.Equal(0, count.From("lb1", "lb2"));
            Assert.Equal(0, count.FromClient);
            Assert.StartsWith("new-mac lb2:", Lab.Faults.NewMac("lb2"));
        }
    }

    [Fact]
    public void Client_AsksTheVip_ItsFramesAreCounted()
    {
        Lab.View.WaitForMaster("lb1", StateLimit);
        Lab.Traffic.ReadAndReset();

        Asks("192.168.1.200");

        TrafficCount count = Lab.Traffic.Read();
        Assert.True(count.FromClient >= 1);
        Assert.Equal(count.FromClient, count.OnTheWire);
        Assert.Equal(0, count.FromDirectorsTo("lb2"));
    }

    [Fact]
    public void HttpProbe_ServerStopsAndReturns_LossAndOutageAreMeasured()
    {
        using ProbeSession probe = ProbeSession.Http(Lab, "192.168.1.130:80", "--rate", "50", "--deadline", "1000");
        Poll.UntilOrThrow(StateLimit, "answers", () => probe.Recent(TimeSpan.FromSeconds(1)).Answered > 20);
        ProbeReport before = probe.Report();
        Assert.Equal((0, 0.0), (before.Lost, before.OutageMs));
        Assert.Equal(before.Sent, before.From("web1"));

        Lab.Services.Stop("web1", LabService.Nginx);
        Poll.UntilOrThrow(StateLimit, "losses", () => probe.Recent(TimeSpan.FromSeconds(1)).Lost > 10);
        Lab.Services.Start("web1", LabService.Nginx);
        Poll.UntilOrThrow(StateLimit, "answers again", () => probe.Recent(TimeSpan.FromSeconds(1)).Lost == 0);

        ProbeReport during = probe.Report();
        Assert.InRange(during.OutageMs, 200, 20_000);
        Assert.Equal(during.Lost, during.Failures.Values.Sum());
    }

    [Fact]
    public void HttpProbe_OnFewPortsAndAddresses_UsesThemAgain()
    {
        using ProbeSession probe = ProbeSession.Http(
            Lab, "192.168.1.130:80", "--rate", "50", "--from", "192.168.1.10", "--ports", "20001-20010");
        Poll.UntilOrThrow(StateLimit, "more answers than ports", () => probe.Recent(TimeSpan.FromSeconds(2)).Answered > 30);

        Assert.Equal(0, probe.Report().Lost);
    }

    [Fact]
    public void HeldConnections_KeepAnswering_PausedTheyAreSilent_ServerEnds_TheyEnd()
    {
        using ProbeSession probe = ProbeSession.Hold(Lab, "192.168.1.131:80", "--count", "3", "--period", "20");
        Poll.UntilOrThrow(StateLimit, "answers on all", () => probe.ReportHeld().All(held => held is { Answers: > 5, Server: "web2" }));

        probe.Pause();
        int settled = -1;
        Poll.UntilOrThrow(StateLimit, "silence", () =>
        {
            int answers = probe.ReportHeld().Sum(held => held.Answers);
            (settled, bool silent) = (answers, answers == settled);
            return silent;
        });
        probe.Go();
        Poll.UntilOrThrow(StateLimit, "answers after the pause", () => probe.ReportHeld().Sum(held => held.Answers) > settled);

        Lab.Services.Kill("web2", LabService.Nginx);
        Poll.UntilOrThrow(StateLimit, "a break of each", () => probe.ReportHeld().All(held => held is { Breaks: > 0, EndedBy: not null }));
        int before = probe.ReportHeld().Sum(held => held.Answers);
        Lab.Services.Start("web2", LabService.Nginx);
        Poll.UntilOrThrow(StateLimit, "answers on new ones", () => probe.ReportHeld().Sum(held => held.Answers) > before);
    }

    private bool Asks(string address) => Lab.Client.Run(["curl", "-s", "-m", "1", $"http://{address}/"]).Succeeded;

    /// <summary>Brought up by the first test that needs it: only a test can be skipped.</summary>
    public sealed class Classic : IDisposable
    {
        private TestLab? _test;

        public RunningLab Lab => (_test ??= TestLab.WithKeepalived("classic")).Lab;

        public void Dispose() => _test?.Dispose();
    }
}
