using System.Globalization;
using Pointsman.Lab.Probing;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Demo;

/// <summary>The evening drill of the first LVS cluster most people build: servers fall and return, then directors.</summary>
internal static class ClassicDrill
{
    // A check every 6 s; after a failure three more, 3 s apart.
    private static readonly TimeSpan RemovalPromise = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan ReturnPromise = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    // Nobody masters for 3.8 s, but the dead master's data path forwards until the standby announces itself.
    private const double KillPromiseMs = 500;
    private const double OrderlyPromiseMs = 1000;

    /// <summary>Stops early only when the clients are not served at all: the other steps would say nothing.</summary>
    internal static void Run(Drill drill)
    {
        using ProbeSession probe = ProbeSession.Http(drill.Lab, "192.168.1.200:80", "--rate", "100", "--deadline", "900");
        if (!ShareRequests(drill, probe))
        {
            return;
        }

        drill.LoseServer(probe, "nginx stopped on web2", "web2", () => drill.Lab.Services.Stop("web2", LabService.Nginx), RemovalPromise);
        drill.RegainServer(probe, "nginx back on web2", "web2", () => drill.Lab.Services.Start("web2", LabService.Nginx), ReturnPromise);
        drill.ChangeOver(probe, "master lb1 stopped in order", () => drill.Halt("lb1"), "lb2", OrderlyPromiseMs);
        drill.Narrator.Say($"         lb2 said: {drill.LastLogLine("lb2", "Entering MASTER STATE")}");
        drill.ChangeOver(probe, "lb1 back, takes over again", () => drill.Boot("lb1"), "lb1", OrderlyPromiseMs);
        if (drill.Lab.Director == DirectorKind.Pointsman)
        {
            LoseControl(drill, probe);
        }

        drill.ChangeOver(probe, "master lb1 killed (SIGKILL)", () => drill.Kill("lb1"), "lb2", KillPromiseMs);
        drill.ChangeOver(probe, "lb1 back after the crash", () => drill.Boot("lb1"), "lb1", OrderlyPromiseMs);
    }

    private static bool ShareRequests(Drill drill, ProbeSession probe)
    {
        drill.Narrator.Say("a client asks 192.168.1.200 a hundred times a second, each time on a fresh connection");
        drill.Wait(
            StartLimit,
            () => probe.Recent(Drill.Calm) is var recent && Drill.IsCalm(recent) && recent.From("web1") > 0 && recent.From("web2") > 0,
            () => $"in the last second {Drill.Text(probe.Recent(Drill.Calm))}");
        probe.Report();
        drill.Pass(TimeSpan.FromSeconds(3));
        ProbeReport report = probe.Report();
        int difference = Math.Abs(report.From("web1") - report.From("web2"));
        drill.Conclude(
            "both servers up, rr", "half each, none lost", Drill.Text(report), report.Lost == 0 && difference <= 2 && report.Answered > 100);
        return report.Answered > 0;
    }

    private static void LoseControl(Drill drill, ProbeSession probe)
    {
        using ProbeSession held = ProbeSession.Hold(drill.Lab, "192.168.1.200:80", "--count", "4");
        drill.Wait(StartLimit, () => held.ReportHeld().All(connection => connection.Answers > 0), () => "connections are being opened");
        int before = held.ReportHeld().Sum(connection => connection.Answers);

        Step("control process of lb1 killed", () => drill.Lab.Services.KillFirst("lb1", LabService.Director));
        Step("control process back, adopts", () => drill.Boot("lb1"));

        void Step(string name, Action change)
        {
            probe.Report();
            drill.Narrator.Say(name);
            change();
            drill.Pass(TimeSpan.FromSeconds(2));
            ProbeReport report = probe.Report();
            IReadOnlyList<HeldReport> connections = held.ReportHeld();
            int open = connections.Count(connection => connection is { Breaks: 0, LongestWaitMs: < 1000 });
            int answers = connections.Sum(connection => connection.Answers);
            drill.Conclude(
                name,
                "none lost, 4 held connections go on",
                string.Create(CultureInfo.InvariantCulture, $"{report.Lost} of {report.Sent} lost, {open} of 4 go on"),
                report.Lost == 0 && open == 4 && answers > before);
            before = answers;
        }
    }
}
