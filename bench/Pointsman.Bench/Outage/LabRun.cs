using System.Globalization;
using System.Net;
using Pointsman.Bench.Measuring;
using Pointsman.Lab;
using Pointsman.Lab.Probing;
using Pointsman.Lab.Topology;

namespace Pointsman.Bench.Outage;

/// <summary>One lab with one kind of director: its master is stopped, comes back, is killed, comes back; again and again.</summary>
internal sealed class LabRun(string topology, DirectorKind director, int rounds, string program)
{
    internal const int RequestsPerSecond = 200;
    private const string Master = "lb1";
    private const string Standby = "lb2";
    private const string VirtualAddress = "192.168.1.200";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1.0 / RequestsPerSecond);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Asked by HTTP; null where nothing answers it: keepalived without IPVS, before servers of their own.</summary>
    internal Changeovers? Http { get; } =
        director == DirectorKind.Keepalived && topology == "classic" ? null : new Changeovers();

    /// <summary>Asked by ping; nothing where the address is on every director's loopback too.</summary>
    internal Changeovers? Ping { get; } = topology == "classic" ? new Changeovers() : null;

    internal void Measure()
    {
        // A lab finds its machines by this directory: two labs of one name are up at once.
        var options = new LabOptions
        {
            Director = director,
            ProgramPath = program,
            StateDirectory = $"/run/pointsman-bench-{director}",
        };
        var lab = RunningLab.Up(topology, options);
        try
        {
            using ProbeSession? http = Http is null ? null : ProbeSession.Http(
                lab,
                $"{VirtualAddress}:80",
                "--rate",
                RequestsPerSecond.ToString(CultureInfo.InvariantCulture),
                "--deadline",

                // Longer than an answer takes, shorter than the first repetition of a lost SYN, which comes after 1 s.
                "900");
            using PingProbe? ping = Ping is null ? null : new PingProbe(
                string.Create(CultureInfo.InvariantCulture, $"/proc/{lab.Client.InitPid}/ns/net"),
                IPAddress.Parse(VirtualAddress),
                Interval);
            Rounds(lab, http, ping);
        }
        finally
        {
            RunningLab.Down(topology, options);
        }
    }

    private void Rounds(RunningLab lab, ProbeSession? http, PingProbe? ping)
    {
        BecomesCalm(Master);
        for (int round = 1; round <= rounds; round++)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{topology}, {director}: round {round} of {rounds}"));
            Change(Standby, changes => changes.Stopped, () => lab.Services.Stop(Master, LabService.Director));
            Change(Master, changes => changes.Returned, () => lab.Services.Start(Master, LabService.Director));
            Change(Standby, changes => changes.Killed, () => lab.Services.Kill(Master, LabService.Director));
            Change(Master, changes => changes.Returned, () => lab.Services.Start(Master, LabService.Director));
        }

        void Change(string next, Func<Changeovers, Samples> samples, Action change)
        {
            http?.Report();
            ping?.TakeOutage();
            change();
            BecomesCalm(next);
            if (http is not null)
            {
                samples(Http!).Add(http.Report().OutageMs);
            }

            if (ping is not null)
            {
                samples(Ping!).Add(ping.TakeOutage().TotalMilliseconds);
            }
        }

        void BecomesCalm(string master)
        {
            lab.View.WaitForMaster(master, Limit);
            Poll.UntilOrThrow(
                Limit,
                $"a second in which everything is answered under {master}",
                () => http?.Recent(Calm) is null or { Lost: 0, Sent: > RequestsPerSecond / 4 }
                    && ping?.IsAnswered(Calm) is null or true);
        }
    }
}
