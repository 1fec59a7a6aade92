using System.Globalization;
using Pointsman.Bench.Measuring;
using Pointsman.Lab;

namespace Pointsman.Bench.Vrrp;

/// <summary>
/// Pointsman and Debian's keepalived by the same files, at the same time: how long a client is without an answer when the
/// master goes, whether a busy machine makes masters change for nothing, and what many instances cost.
/// </summary>
internal static class VrrpBench
{
    private const string Calm = "calm-10ms";
    private const string BusyCalm = "calm-10ms-busy";
    private const string Many = "many";

    // As many as an hour has at 100 ms, or ten at a second.
    private const int AdvertsWatched = 36_000;

    // A client asks every millisecond, and an answer may wait for one of this program's own threads.
    private const double ResolutionMs = 2;

    internal static string[] RowNames { get; } = [.. FailoverRow.All.Select(row => row.Name), Calm, BusyCalm, Many];

    internal static Report Run(int rounds, string program, string[] rows)
    {
        string[] wanted = rows.Length > 0 ? rows : RowNames;
        FailoverRow[] failovers = [.. FailoverRow.All.Where(row => wanted.Contains(row.Name))];
        TimeSpan time = TimeSpan.FromTicks(failovers.Sum(row => (rounds * row.RoundTime.Ticks) + TimeSpan.FromSeconds(8).Ticks));
        FailoverRow fastest = FailoverRow.All.First(row => row.Name == "v3-10ms");
        TimeSpan watch = (AdvertsWatched * fastest.Interval) + TimeSpan.FromSeconds(4);
        time += wanted.Count(name => name is Calm or BusyCalm) * watch;
        time += wanted.Contains(Many) ? 2 * (ManyInstances.Settling + ManyInstances.Watched + TimeSpan.FromSeconds(15)) : TimeSpan.Zero;
        Console.Error.WriteLine($"{string.Join(", ", wanted)}: about {Math.Ceiling(time.TotalMinutes)} minutes");

        var figures = new List<Figure>();
        foreach (FailoverRow row in failovers)
        {
            Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {row.Name}");
            figures.AddRange(Failover(row, rounds, program));
        }

        foreach (string name in wanted.Where(name => name is Calm or BusyCalm))
        {
            Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {name}");
            figures.AddRange(Spurious(name, fastest with { Name = name, IsBusy = name == BusyCalm }, program));
        }

        if (wanted.Contains(Many))
        {
            Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {Many}");
            figures.AddRange(Cost(program));
        }

        return new Report(
            "vrrp",
            string.Create(CultureInfo.InvariantCulture, $"time without an answer, ms, of {rounds}; pinged every millisecond; both pairs at once"),
            figures);
    }

    private static IEnumerable<Figure> Failover(FailoverRow row, int rounds, string program)
    {
        (FailoverRun pointsman, FailoverRun keepalived) = Both(row, program, run => run.Measure(rounds));
        return
        [
            .. Compare($"{row.Name}, stopped", pointsman.Stopped, keepalived.Stopped),
            .. Compare($"{row.Name}, killed", pointsman.Killed, keepalived.Killed),
            .. Compare($"{row.Name}, machine lost", pointsman.Died, keepalived.Died),
            .. Changes(row.Name, pointsman, keepalived),
        ];
    }

    private static IEnumerable<Figure> Spurious(string name, FailoverRow row, string program)
    {
        (FailoverRun pointsman, FailoverRun keepalived) = Both(row, program, run => run.Watch(AdvertsWatched));
        return Changes(string.Create(CultureInfo.InvariantCulture, $"{name}, {AdvertsWatched} adverts"), pointsman, keepalived);
    }

    private static (FailoverRun Pointsman, FailoverRun Keepalived) Both(FailoverRow row, string program, Action<FailoverRun> measure)
    {
        var pointsman = new FailoverRun(DirectorKind.Pointsman, row, program);
        var keepalived = new FailoverRun(DirectorKind.Keepalived, row, program);
        using Burners? burners = row.IsBusy ? new Burners() : null;
        Task.WaitAll(
            Task.Factory.StartNew(() => measure(pointsman), TaskCreationOptions.LongRunning),
            Task.Factory.StartNew(() => measure(keepalived), TaskCreationOptions.LongRunning));
        return (pointsman, keepalived);
    }

    private static IEnumerable<Figure> Compare(string change, Samples pointsman, Samples keepalived) =>
    [
        new($"{change}: keepalived, median", keepalived.Median, "ms"),
        new($"{change}: pointsman, median", pointsman.Median, "ms", Aim.AtMost(keepalived.Median + ResolutionMs)),
        new($"{change}: keepalived, worst", keepalived.Worst, "ms"),
        new($"{change}: pointsman, worst", pointsman.Worst, "ms", Aim.AtMost(keepalived.Worst + ResolutionMs)),
    ];

    private static IEnumerable<Figure> Changes(string name, FailoverRun pointsman, FailoverRun keepalived) =>
    [
        new($"{name}, masters for nothing: keepalived", keepalived.Spurious, ""),
        new($"{name}, masters for nothing: pointsman", pointsman.Spurious, "", Aim.AtMost(keepalived.Spurious)),
    ];

    // One after the other: each has the machine to itself.
    private static IEnumerable<Figure> Cost(string program)
    {
        var keepalived = new ManyInstances(DirectorKind.Keepalived, program);
        keepalived.Measure();
        var pointsman = new ManyInstances(DirectorKind.Pointsman, program);
        pointsman.Measure();
        return
        [
            .. Compare("first advert to last address announced", "s", keepalived, pointsman, run => run.Transition.TotalSeconds),
            .. Compare("advert jitter, median", "ms", keepalived, pointsman, run => run.JitterMs.Median),
            .. Compare("advert jitter, 99 of 100", "ms", keepalived, pointsman, run => run.JitterMs.Quantile(0.99)),
            .. Compare("advert jitter, worst", "ms", keepalived, pointsman, run => run.JitterMs.Worst),
            .. Compare("memory", "MB", keepalived, pointsman, run => run.Megabytes),
            .. Compare("processor", "%", keepalived, pointsman, run => run.Cpu),
        ];
    }

    private static IEnumerable<Figure> Compare(
        string what, string unit, ManyInstances keepalived, ManyInstances pointsman, Func<ManyInstances, double> value) =>
    [
        new($"500 x 20, {what}: keepalived", value(keepalived), unit),
        new($"500 x 20, {what}: pointsman", value(pointsman), unit),
    ];
}
