using System.Diagnostics;
using Pointsman.Lab.Machines;
using Pointsman.Lab.Probing;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Tests;

/// <summary>
/// Numbered datagrams on flows that go on, a thousand a second, beside held connections and other clients' load: while the director is
/// reloaded, restarted and replaced by another version, each number comes back, once, from the server that its flow has.
/// </summary>
public sealed class HitlessTests(ServiceLab services) : IClassFixture<ServiceLab>
{
    /// <summary>No instance moves it: lb1 has it and balances it whatever VRRP does.</summary>
    private const string PlainVip = "192.168.1.203";

    /// <summary>A second address of web2, as a third server.</summary>
    private const string Third = "192.168.1.132";

    private const int FlowCount = 24;
    private static readonly string[] s_webs = ["web1", "web2"];

    [Fact]
    public void Reloads_AddAndTakeAwayServersAndServices_NoNumberIsMissing()
    {
        RunningLab lab = Ready();
        services.Begin(lab);
        lab.MachineOf("web2").RunChecked(["ip", "addr", "replace", $"{Third}/24", "dev", "eth0"]);
        using var course = new Course(lab, ServiceLab.Vip);

        services.Change(lab, Services(ServiceLab.Vip, $"{Third} 1"));
        course.WaitForTable($"{Third} 1", "192.168.1.130 1", "192.168.1.131 1");
        course.ExpectNothingLost();
        services.Change(lab, Services(ServiceLab.Vip, $"{Third} 5") + Service(ServiceLab.Vip, 9, "UDP", "192.168.1.130 1"));
        course.WaitForTable($"{Third} 5", "192.168.1.130 1", "192.168.1.131 1");
        course.ExpectNothingLost();
        services.Change(lab, Services(ServiceLab.Vip));
        course.WaitForTable("192.168.1.130 1", "192.168.1.131 1");
        course.ExpectNothingLost();
        for (int i = 0; i < 5; i++)
        {
            lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "reload"]);
        }

        course.ExpectNothingLost();
        course.ExpectConnectionsHeld();
    }

    // The flows of a server that goes find another with their next packet; those of the others stay where they are.
    [Fact]
    public void ServerOfTheFlowsIsTakenAway_TheyMove_AndNoNumberIsMissing()
    {
        RunningLab lab = Ready();
        services.Begin(lab);
        using var course = new Course(lab, ServiceLab.Vip, connections: false);
        int ofWeb2 = course.Report().PerServer["web2"];
        Assert.InRange(ofWeb2, 1, FlowCount - 1);

        services.Change(lab, Service(ServiceLab.Vip, 7, "UDP", "192.168.1.130 1"));
        course.WaitForTable("192.168.1.130 1");
        course.ExpectNothingLost(moved: ofWeb2);
        services.Change(lab, Services(ServiceLab.Vip));
        course.WaitForTable("192.168.1.130 1", "192.168.1.131 1");
        course.ExpectNothingLost();
        Assert.Equal(["web1"], course.Report().PerServer.Keys);
    }

    [Fact]
    public void ControlProcessIsKilledAndComesBack_NoNumberIsMissing()
    {
        RunningLab lab = Ready();
        services.Begin(lab);
        using var course = new Course(lab, ServiceLab.Vip);
        for (int i = 0; i < 3; i++)
        {
            lab.Services.KillFirst("lb1", LabService.Director);
            course.ExpectNothingLost();

            // As in a large network, where the kernel keeps no neighbour for whom nobody asks.
            lab.MachineOf("lb1").RunChecked(["ip", "neigh", "flush", "all"]);
            Restart(lab);
            course.ExpectNothingLost();
        }

        course.ExpectConnectionsHeld();
        Assert.Equal("lb1", lab.View.Master);
    }

    [Fact]
    public void VersionWithAnotherLayout_AndBack_NoNumberIsMissing()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/clang"), "clang is missing: the other layout cannot be compiled");
        RunningLab lab = Ready();
        lab.MachineOf("lb1").RunChecked(["ip", "addr", "replace", $"{PlainVip}/24", "dev", "eth0"]);
        services.With(Services(PlainVip));
        services.Begin(lab);
        using var course = new Course(lab, PlainVip);
        for (int i = 0; i < 2; i++)
        {
            lab.Services.KillFirst("lb1", LabService.Director);
            lab.MachineOf("lb1").RunChecked([Environment.ProcessPath!, OtherVersion.Word, "/sys/fs/bpf/pointsman"], limit: TimeSpan.FromMinutes(2));
            course.ExpectNothingLost();
            Restart(lab);
            Assert.Contains(services.LogOf("lb1"), line => line.Contains("from the data path of another version", StringComparison.Ordinal));
            course.ExpectNothingLost();
        }

        course.ExpectConnectionsHeld();
    }

    // They keep more than an entry for each flow: the way back, ports that are taken, numbers in the place of addresses.
    [Fact]
    public void ByNatFullNatAndIpv6_ReloadedRestartedAndReplaced_NoNumberIsMissing()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/clang"), "clang is missing: the other layout cannot be compiled");
        RunningLab lab = services.With(HitlessWays.Services(weight: 1));
        HitlessWays.Prepare(lab);
        services.Begin(lab);
        using var ways = HitlessWays.Begin(lab);

        services.Change(lab, HitlessWays.Services(weight: 3));
        ways.ExpectNothingLost("reloaded");
        lab.Services.KillFirst("lb1", LabService.Director);
        lab.MachineOf("lb1").RunChecked(["ip", "neigh", "flush", "all"]);
        ways.ExpectNothingLost("killed");
        Restart(lab);
        ways.ExpectNothingLost("restarted");
        lab.Services.KillFirst("lb1", LabService.Director);
        lab.MachineOf("lb1").RunChecked([Environment.ProcessPath!, OtherVersion.Word, "/sys/fs/bpf/pointsman"], limit: TimeSpan.FromMinutes(2));
        ways.ExpectNothingLost("another version");
        Restart(lab);
        ways.ExpectNothingLost("this version again");
        ways.ExpectConnectionsHeld();
    }

    private RunningLab Ready()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/wrk"), "wrk is not installed (scripts/install-needs lab)");
        RunningLab lab = services.With(Services(ServiceLab.Vip));
        foreach (string web in s_webs)
        {
            Machine machine = lab.MachineOf(web);
            machine.RunChecked(["ip", "addr", "replace", $"{PlainVip}/32", "dev", "lo"]);
            foreach (string vip in (string[])[ServiceLab.Vip, PlainVip])
            {
                if (machine.ServicePids($"echo-{vip}").Count == 0)
                {
                    machine.StartService($"echo-{vip}", [lab.Options.ProgramPath, "lab-probe", "echo", $"{vip}:7"], "/var/log/echo");
                }
            }
        }

        return lab;
    }

    private void Restart(RunningLab lab)
    {
        int before = Adoptions();
        lab.Services.Start("lb1", LabService.Director);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the next daemon has taken over", () => Adoptions() > before
            && lab.MachineOf("lb1").Run([lab.Options.ProgramPath, "status"]).ExitCode == 0);

        int Adoptions() => services.LogOf("lb1").Count(line => line.Contains("Startup complete", StringComparison.Ordinal));
    }

    private static string Services(string vip, params string[] more) =>
        Service(vip, 7, "UDP", ["192.168.1.130 1", "192.168.1.131 1", .. more]) + Service(vip, 80, "TCP", "192.168.1.130 1", "192.168.1.131 1");

    private static string Service(string vip, int port, string protocol, params string[] servers) => $$"""
        virtual_server {{vip}} {{port}} {
            delay_loop 2
            lb_algo rr
            lb_kind DR
            protocol {{protocol}}
            {{string.Concat(servers.Select(server => $"real_server {server.Split(' ')[0]} {port} {{\nweight {server.Split(' ')[1]}\n{(protocol == "TCP" ? "TCP_CHECK {\n}\n" : "")}}}\n"))}}
        }

        """;

    /// <summary>What goes on while the director is changed.</summary>
    private sealed class Course : IDisposable
    {
        /// <summary>Well more than any of the director's steps takes; at a thousand datagrams a second.</summary>
        private const int EnoughDatagrams = 1500;

        private static readonly TimeSpan s_onTheWay = TimeSpan.FromSeconds(5);
        private readonly RunningLab _lab;
        private readonly string _vip;
        private readonly ProbeSession _stream;
        private readonly ProbeSession? _held;
        private readonly Process? _load;

        internal Course(RunningLab lab, string vip, bool connections = true)
        {
            _lab = lab;
            _vip = vip;
            WaitForTable("192.168.1.130 1", "192.168.1.131 1");
            _stream = ProbeSession.Datagrams(lab, vip + ":7", "--count", $"{FlowCount}", "--rate", "1000");
            if (connections)
            {
                _held = ProbeSession.Hold(lab, vip + ":80", "--count", "12", "--period", "20");
                _load = lab.Client.StartPiped(["wrk", "-t1", "-c4", "-d600", $"http://{vip}/"]);
                Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers on all", () => _held.ReportHeld().All(connection => connection.Answers > 3));
            }

            Poll.UntilOrThrow(PointsmanLab.StateLimit, "echoes on all flows", () => Report().PerServer.Values.Sum() == FlowCount);
            _stream.Forget();
        }

        internal DatagramReport Report() => _stream.ReportDatagrams();

        internal void WaitForTable(params string[] servers) => Poll.UntilOrThrow(
            PointsmanLab.StateLimit, $"in the table: {string.Join(", ", servers)}", () => Table().Order(StringComparer.Ordinal).SequenceEqual(servers.Order(StringComparer.Ordinal)));

        internal void ExpectNothingLost(int moved = 0)
        {
            long sent = Report().Sent;
            Poll.UntilOrThrow(PointsmanLab.StateLimit, "more datagrams", () => Report().Sent > sent + EnoughDatagrams);
            _stream.Pause();
            Poll.Until(s_onTheWay, () => Report().Missing == 0);
            DatagramReport report = Report();
            Assert.True(
                report is { Missing: 0, Doubled: 0, Refused: 0 } && report.Moved == moved,
                $"{report}: {string.Join(' ', report.First)}\n{_lab.MachineOf("lb1").Run([_lab.Options.ProgramPath, "status"]).Output}");
            _stream.Forget();
            _stream.Go();
        }

        internal void ExpectConnectionsHeld()
        {
            Assert.False(_load!.HasExited, "the load went on");
            Assert.All(_held!.ReportHeld(), connection => Assert.Equal(0, connection.Breaks));
        }

        public void Dispose()
        {
            _load?.Kill(entireProcessTree: true);
            _load?.Dispose();
            _held?.Dispose();
            _stream.Dispose();
        }

        private IEnumerable<string> Table() => _lab.MachineOf("lb1").RunChecked(["ipvsadm", "-Ln"]).Split('\n')
            .SkipWhile(row => !row.StartsWith($"UDP  {_vip}:7 ", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(row => row.StartsWith("  ->", StringComparison.Ordinal))
            .Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(cells => $"{cells[1].Split(':')[0]} {cells[3]}");
    }
}
