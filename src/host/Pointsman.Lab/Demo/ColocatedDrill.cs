using System.Globalization;
using Pointsman.Lab.Probing;
using Pointsman.Lab.Views;

namespace Pointsman.Lab.Demo;

/// <summary>
/// Two directors that are each other's real servers, in every order of stops, crashes and returns: the case in which the
/// classic stack sends packets round in circles. After each change clients ask again, with the same ports as before, and
/// the frames between the directors are counted.
/// </summary>
internal static class ColocatedDrill
{
    private const double OrderlyPromiseMs = 1000;
    private const double KillPromiseMs = 4500;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    // A request whose answer was lost is asked again for a while before its connection gives up.
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AskTime = TimeSpan.FromSeconds(2);

    /// <summary>Stops early only when the clients are not served at all: the other steps would say nothing.</summary>
    internal static void Run(Drill drill)
    {
        RunningLab lab = drill.Lab;
        string clients = string.Join(',', lab.Topology.Node(Topology.LabTopology.ClientName).Addresses);
        // 320 client ports at 100 requests a second: each is used again every 3.2 s, under whichever director is master.
        using ProbeSession probe = ProbeSession.Http(
            lab, "192.168.1.200:80", "--rate", "100", "--deadline", "900", "--from", clients, "--ports", "30001-30040");
        using ProbeSession held = ProbeSession.Hold(lab, "192.168.1.200:80", "--count", "8", "--from", clients);
        if (!Begin(drill, probe, held))
        {
            return;
        }

        AskDatabases(drill);

        CountFrames(drill, probe, held, "lb1 master, lb2 standby", "lb1");
        Change("master lb1 stopped in order", () => drill.Halt("lb1"), "lb2", OrderlyPromiseMs);
        Change("lb1 back, takes over again", () => drill.Boot("lb1"), "lb1", OrderlyPromiseMs);
        Change("master lb1 killed (SIGKILL)", () => drill.Kill("lb1"), "lb2", KillPromiseMs);
        Change(
            "lb1 back with another MAC address",
            () =>
            {
                drill.Narrator.Say("         " + lab.Faults.NewMac("lb1"));
                drill.Boot("lb1");
            },
            "lb1",
            OrderlyPromiseMs);
        Change("standby lb2 killed", () => drill.Kill("lb2"), "lb1", OrderlyPromiseMs);
        Change("standby lb2 back", () => drill.Boot("lb2"), "lb1", OrderlyPromiseMs);
        TwoMasters(drill, probe, held);
        Change("they hear each other again", () => lab.Faults.AllowVrrp("lb1", "lb2"), "lb1", OrderlyPromiseMs);
        Change("both stopped, lb2 starts first, then lb1", () => RestartBoth(drill), "lb1", double.PositiveInfinity);
        AskDatabases(drill);
        TellHeld(drill, held);

        void Change(string name, Action change, string nextMaster, double promisedMs)
        {
            if (double.IsFinite(promisedMs))
            {
                drill.ChangeOver(probe, name, change, nextMaster, promisedMs);
            }
            else
            {
                drill.Narrator.Say(name);
                change();
                drill.WaitForService(probe, nextMaster, StartLimit);
                probe.Report();
            }

            CountFrames(drill, probe, held, name, nextMaster);
        }
    }

    private static bool Begin(Drill drill, ProbeSession probe, ProbeSession held)
    {
        drill.Narrator.Say("eight clients ask 192.168.1.200, on fresh connections and on eight held open");
        drill.Wait(
            StartLimit,
            () => probe.Recent(Drill.Calm) is var recent && Drill.IsCalm(recent) && recent.From("lb1") > 0 && recent.From("lb2") > 0,
            () => $"in the last second {Drill.Text(probe.Recent(Drill.Calm))}");
        drill.Wait(StartLimit, () => held.ReportHeld().All(connection => connection.Answers > 0), () => "connections are being opened");
        probe.Report();
        drill.Pass(AskTime);
        ProbeReport report = probe.Report();
        drill.Conclude(
            "both nodes serve", "both serve, none lost", Drill.Text(report), report is { Lost: 0 } && report.From("lb1") > 0 && report.From("lb2") > 0);
        return report.Answered > 0;
    }

    private static void AskDatabases(Drill drill)
    {
        List<string> answers =
        [
            .. Enumerable.Range(0, 6).Select(_ => drill.Lab.Client.Run(
                ["env", "PGCONNECT_TIMEOUT=2", "psql", "-h", "192.168.1.200", "-U", "postgres", "-Atc", "show cluster_name"]).Output),
        ];
        int first = answers.Count(answer => answer == "db1");
        int second = answers.Count(answer => answer == "db2");
        drill.Conclude("databases behind port 5432, rr", "db1 3, db2 3", $"db1 {first}, db2 {second}", first == 3 && second == 3);
    }

    /// <summary>
    /// The master receives nothing from the other director, the standby at most one frame for each of a client, and when
    /// the clients are silent the wire is.
    /// </summary>
    private static void CountFrames(Drill drill, ProbeSession probe, ProbeSession held, string when, string master)
    {
        string standby = master == "lb1" ? "lb2" : "lb1";
        (TrafficCount count, ProbeReport report, bool silent) = AskAndFallSilent(drill, probe, held);
        long toMaster = count.FromDirectorsTo(master);
        long toStandby = count.FromDirectorsTo(standby);
        drill.Conclude(
            "  frames: " + when,
            "0 to the master, <= 1 each to the standby, silence",
            string.Create(CultureInfo.InvariantCulture,
                $"{count.FromClient} sent; {toMaster} to {master}, {toStandby} to {standby}; {count.OnTheWire} seen; {report.Lost} lost; {(silent ? "silent" : "NOT SILENT")}"),
            toMaster == 0 && toStandby <= count.FromClient && count.OnTheWire == count.FromClient + toStandby && report.Lost == 0 && silent);
    }

    private static void TwoMasters(Drill drill, ProbeSession probe, ProbeSession held)
    {
        drill.Narrator.Say(drill.Lab.Faults.DropVrrp("lb1", "lb2", oneWay: false));
        TimeSpan? both = drill.Wait(
            StartLimit, () => drill.Lab.View.HoldersOf("192.168.1.200").Count == 2, () => "lb2 still believes in lb1");
        drill.Wait(StartLimit, () => Drill.IsCalm(probe.Recent(Drill.Calm)), () => $"in the last second {Drill.Text(probe.Recent(Drill.Calm))}");
        probe.Report();
        (TrafficCount count, ProbeReport report, bool silent) = AskAndFallSilent(drill, probe, held);
        long clients = count.Forwarded.Sum(pair => pair.Frames) - count.PassedOn;
        drill.Conclude(
            "  frames: both believe to be master",
            "<= 1 each between them, silence",
            string.Create(CultureInfo.InvariantCulture,
                $"{count.FromClient} sent; {clients} between them; {count.OnTheWire} seen; {count.PassedOn} of {count.Asked} asked passed on; {report.Lost} lost; {(silent ? "silent" : "NOT SILENT")}"),
            both is not null && clients <= count.FromClient && count.OnTheWire == count.FromClient + clients && count.PassedOn <= count.Asked
                && report.Lost == 0 && silent);
    }

    private static (TrafficCount Count, ProbeReport Report, bool Silent) AskAndFallSilent(Drill drill, ProbeSession probe, ProbeSession held)
    {
        // Counters are set to zero one after the other: a frame meanwhile would be in some and not in others.
        FallSilent(drill, probe, held);
        probe.Report();
        drill.Lab.Traffic.ReadAndReset();
        held.Go();
        probe.Go();
        drill.Pass(AskTime);

        bool silent = FallSilent(drill, probe, held);
        ProbeReport report = probe.Report();
        TrafficCount count = drill.Lab.Traffic.Read();
        held.Go();
        probe.Go();
        return (count, report, silent);
    }

    /// <summary>Lets the last requests end; after them not one frame more may cross the wire.</summary>
    private static bool FallSilent(Drill drill, ProbeSession probe, ProbeSession held)
    {
        probe.Pause();
        held.Pause();
        long seen = drill.Lab.Traffic.Read().OnTheWire;
        TimeSpan? silent = drill.Wait(
            SilenceLimit,
            () =>
            {
                drill.Pass(Silence);
                (long before, seen) = (seen, drill.Lab.Traffic.Read().OnTheWire);
                return seen == before;
            },
            () => "frames still cross the wire");
        return silent is not null;
    }

    private static void RestartBoth(Drill drill)
    {
        drill.Halt("lb1");
        drill.Halt("lb2");
        drill.Boot("lb2");
        drill.Wait(StartLimit, () => drill.Lab.View.Master == "lb2", () => "lb2 is starting");
        drill.Boot("lb1");
    }

    private static void TellHeld(Drill drill, ProbeSession held)
    {
        IReadOnlyList<HeldReport> connections = held.ReportHeld();
        drill.Narrator.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"         {connections.Sum(connection => connection.Answers)} answers on {connections.Count} held connections, which broke {connections.Sum(connection => connection.Breaks)} times in all"));
    }
}
