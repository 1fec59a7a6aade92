using System.Globalization;
using Pointsman.Lab.Probing;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Demo;

/// <summary>What the operators of a CDN's edge check by hand before they trust it; adverts every five seconds make it slow.</summary>
internal static class CdnDrill
{
    private static readonly TimeSpan RefusedPromise = TimeSpan.FromSeconds(16);
    // Nothing answers a cut cable: each of the four attempts lasts its 3 s, with 3 s between them and up to 6 s before.
    private static readonly TimeSpan CutPromise = TimeSpan.FromSeconds(28);
    private static readonly TimeSpan ReturnPromise = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(40);

    // The standby's skew is 5 s * (256 - 150) / 256 = 2.1 s after an orderly stop, 17.1 s after the last advert of a crash.
    private const double OrderlyPromiseMs = 2500;
    private const double KillPromiseMs = 18_000;

    private static readonly string[] Caches = ["cache1", "cache2", "cache3", "cache4"];

    /// <summary>Stops early only when the clients are not served at all: the other steps would say nothing.</summary>
    internal static void Run(Drill drill)
    {
        RunningLab lab = drill.Lab;
        using ProbeSession probe = ProbeSession.Http(lab, "10.20.0.100:80", "--rate", "100", "--deadline", "900");
        if (!ShareRequests(drill, probe))
        {
            return;
        }

        SeeConnections(drill);
        drill.LoseServer(probe, "cache2's server stopped", "cache2", () => lab.Services.Stop("cache2", LabService.Nginx), RefusedPromise);
        drill.RegainServer(probe, "cache2 back", "cache2", () => lab.Services.Start("cache2", LabService.Nginx), ReturnPromise);
        drill.LoseServer(probe, "cache4's network cut", "cache4", () => lab.Faults.Cut("cache4"), CutPromise);
        drill.RegainServer(probe, "cache4's network restored", "cache4", () => lab.Faults.Restore("cache4"), ReturnPromise);
        drill.ChangeOver(
            probe, "maintenance file on lb1", () => lab.MachineOf("lb1").RunChecked(["touch", "/etc/keepalived/maintenance"]), "lb2", OrderlyPromiseMs);
        BothAddresses(drill, "lb2");
        drill.ChangeOver(
            probe, "maintenance over", () => lab.MachineOf("lb1").RunChecked(["rm", "/etc/keepalived/maintenance"]), "lb1", OrderlyPromiseMs);
        drill.ChangeOver(probe, "master lb1 stopped in order", () => drill.Halt("lb1"), "lb2", OrderlyPromiseMs);
        drill.Narrator.Say($"         lb2 said: {drill.LastLogLine("lb2", "Entering MASTER STATE")}");
        drill.ChangeOver(probe, "lb1 back, takes over again", () => drill.Boot("lb1"), "lb1", OrderlyPromiseMs);
        drill.ChangeOver(probe, "master lb1 killed (SIGKILL)", () => drill.Kill("lb1"), "lb2", KillPromiseMs);
    }

    private static bool ShareRequests(Drill drill, ProbeSession probe)
    {
        drill.Narrator.Say("a client asks 10.20.0.100 a hundred times a second, each time on a fresh connection");
        drill.Wait(
            StartLimit,
            () => probe.Recent(Drill.Calm) is var recent && Drill.IsCalm(recent) && Array.TrueForAll(Caches, cache => recent.From(cache) > 0),
            () => $"in the last second {Drill.Text(probe.Recent(Drill.Calm))}");
        probe.Report();
        drill.Pass(TimeSpan.FromSeconds(3));
        ProbeReport report = probe.Report();
        int least = Caches.Min(report.From);
        drill.Conclude(
            "four caches up, wlc", "every cache serves, none lost", Drill.Text(report), report.Lost == 0 && least * 8 >= report.Answered);
        return report.Answered > 0;
    }

    private static void SeeConnections(Drill drill)
    {
        if (drill.Lab.Director != DirectorKind.Pointsman)
        {
            return;
        }

        string listing = drill.Lab.MachineOf("lb1").RunChecked(["ipvsadm", "-Lnc"]);
        int[] counts = [.. Enumerable.Range(21, 4).Select(host => listing.Split('\n')
            .Count(line => line.Contains("10.20.0.100:80", StringComparison.Ordinal) && line.Contains($" 10.20.0.{host}:80", StringComparison.Ordinal)))];
        drill.Conclude(
            "ipvsadm -Lnc on lb1",
            "connections to each cache",
            string.Join(", ", counts.Select((count, index) => string.Create(CultureInfo.InvariantCulture, $"{Caches[index]} {count}"))),
            Array.TrueForAll(counts, count => count > 0));
    }

    private static void BothAddresses(Drill drill, string master)
    {
        string[] held = [.. drill.Lab.Topology.VirtualAddresses.Where(address => drill.Lab.View.HoldersOf(address).Contains(master))];
        drill.Conclude("the sync group moves as one", "both addresses on " + master, string.Join(", ", held), held.Length == 2);
    }
}
