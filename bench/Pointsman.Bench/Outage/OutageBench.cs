using System.Globalization;
using Pointsman.Bench.Measuring;
using Pointsman.Lab;

namespace Pointsman.Bench.Outage;

/// <summary>
/// How long a client is without service when the master changes, with Pointsman and with Debian's keepalived: the same
/// files, the same topologies, at the same time. keepalived does VRRP alone where the kernel has no IPVS; then its clients
/// can be asked where the VIP answers without IPVS: by ping, and by HTTP where the directors are web servers too.
/// </summary>
internal static class OutageBench
{
    private const double ResolutionMs = 1000.0 / LabRun.RequestsPerSecond;

    internal static Report Run(int rounds, string program)
    {
        (LabRun pointsman, LabRun keepalived) = Measure("classic", rounds, program);
        (LabRun colocated, LabRun colocatedKeepalived) = Measure("colocated", rounds, program);
        return new Report(
            "outage",
            string.Create(
                CultureInfo.InvariantCulture,
                $"time without an answer, ms; median of {rounds}; asked every {ResolutionMs:0} ms"),
            [
                .. Compare("classic, ping", pointsman.Ping!, keepalived.Ping!),
                .. Compare("colocated, HTTP", colocated.Http!, colocatedKeepalived.Http!),
                .. Alone("classic, HTTP through the directors", pointsman.Http!),
            ]);
    }

    private static (LabRun Pointsman, LabRun Keepalived) Measure(string topology, int rounds, string program)
    {
        var pointsman = new LabRun(topology, DirectorKind.Pointsman, rounds, program);
        var keepalived = new LabRun(topology, DirectorKind.Keepalived, rounds, program);

        // A lab is one thread's.
        Task.WaitAll(
            Task.Factory.StartNew(pointsman.Measure, TaskCreationOptions.LongRunning),
            Task.Factory.StartNew(keepalived.Measure, TaskCreationOptions.LongRunning));
        return (pointsman, keepalived);
    }

    private static IEnumerable<Figure> Compare(string how, Changeovers pointsman, Changeovers keepalived) =>
    [
        .. Compare($"{how}, master stopped", pointsman.Stopped, keepalived.Stopped, NotLonger),
        .. Compare($"{how}, master killed", pointsman.Killed, keepalived.Killed, NotLonger),
        .. Compare($"{how}, master back", pointsman.Returned, keepalived.Returned, _ => null),
    ];

    private static IEnumerable<Figure> Compare(
        string change, Samples pointsman, Samples keepalived, Func<Samples, Aim?> aim) =>
    [
        new Figure($"{change}: keepalived", keepalived.Median, "ms"),
        new Figure($"{change}: pointsman", pointsman.Median, "ms", aim(keepalived)),
    ];

    // Two outages that differ by less than the time between two requests cannot be told apart.
    private static Aim NotLonger(Samples keepalived) => Aim.AtMost(keepalived.Median + ResolutionMs);

    private static IEnumerable<Figure> Alone(string how, Changeovers pointsman) =>
    [
        new Figure($"{how}, master stopped: pointsman", pointsman.Stopped.Median, "ms"),
        new Figure($"{how}, master killed: pointsman", pointsman.Killed.Median, "ms"),
        new Figure($"{how}, master back: pointsman", pointsman.Returned.Median, "ms"),
    ];
}
