using System.Diagnostics;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Bench.Kernel;
using Pointsman.Bench.Measuring;

namespace Pointsman.Bench.Cost;

/// <summary>What many connections cost the control side: to be counted, listed, kept and retired.</summary>
internal sealed class LargeTable(BenchPrograms programs, Cable entry)
{
    private const double MostMilliseconds = 50;
    private const double MostOfACore = 5;
    private const int Services = 10;
    private const int PerService = 1 << 20;

    // As the daemon does it.
    private static readonly TimeSpan s_sweepEach = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_sweepBudget = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    internal IEnumerable<Figure> Measure() => Listing().Concat(TenMillion()).ToList();

    private List<Figure> Listing()
    {
        Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} a million connections");
        using PointsmanDirector director = Create(capacity: 4 * PerService);
        Open(director, AddressOf(0));
        var count = new Samples();
        var list = new Samples();
        for (int i = 0; i < 5; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            int counted = director.Dataplane.ReadSnapshot().Connections;
            count.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            begin = Stopwatch.GetTimestamp();
            int listed = director.Dataplane.ReadConnections().Count(connection => !connection.IsTemplate && connection.Client.Port > 0);
            list.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            Invariant.That(counted > PerService * 0.99 && listed == counted, "nearly all of them are there");
        }

        return
        [
            new Figure("1M connections counted", count.Median, "ms", Aim.AtMost(MostMilliseconds)),
            new Figure("1M connections listed", list.Median, "ms", Aim.AtMost(MostMilliseconds)),
        ];
    }

    private List<Figure> TenMillion()
    {
        Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} ten million connections");
        long before = AvailableBytes();
        using PointsmanDirector director = Create(capacity: 1 << 24);
        long perPlace = (before - AvailableBytes()) / director.Dataplane.ReadSnapshot().Capacity;
        director.Dataplane.SetTimeouts(tcp: s_lifetime, tcpFin: TimeSpan.Zero, udp: TimeSpan.Zero);
        long begin = Stopwatch.GetTimestamp();
        for (int service = 0; service < Services; service++)
        {
            Open(director, AddressOf(service));
        }

        double created = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        begin = Stopwatch.GetTimestamp();
        int counted = director.Dataplane.ReadSnapshot().Connections;
        double counting = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        Invariant.That(counted > Services * PerService * 0.9, "most of them are there: each has few places it may have");

        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        Sweep(director, s_rest, isDone: () => false);
        double atRest = 100 * (Environment.CpuUsage.TotalTime - cpu) / s_rest;
        Invariant.That(director.Dataplane.ReadSnapshot().Connections == counted, "none is retired while it may live");

        cpu = Environment.CpuUsage.TotalTime;
        begin = Stopwatch.GetTimestamp();
        Sweep(director, s_patience, isDone: () => director.Dataplane.ReadSnapshot().Connections == 0);
        double retired = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Invariant.That(director.Dataplane.ReadSnapshot().Connections == 0, "all are retired in the end");
        return
        [
            new Figure("10M connections, of 10.5M that found a place", counted / 1e6, "M"),
            new Figure("10M connections, memory of a place", perPlace, "bytes"),
            new Figure("10M connections created in", created, "s"),
            new Figure("10M connections counted", counting, "ms"),
            new Figure("10M connections, processor of the control side at rest", atRest, "%", Aim.AtMost(MostOfACore)),
            new Figure("10M connections retired in", retired, "s"),
            new Figure("10M connections, processor to retire them", (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, "s"),
        ];
    }

    private static void Sweep(PointsmanDirector director, TimeSpan time, Func<bool> isDone)
    {
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < time)
        {
            director.Dataplane.Sweep(s_sweepBudget);
            if (isDone())
            {
                return;
            }

            Thread.Sleep(s_sweepEach);
        }
    }

    private PointsmanDirector Create(int capacity) => PointsmanDirector.Create(
        entry,
        capacity,
        [
            .. Enumerable.Range(0, Services).Select(service => PointsmanDirector.Service(
                TransportProtocol.Tcp,
                AddressOf(service),
                SchedulerKind.Wlc,
                [PointsmanDirector.Server(IpAddress.Parse("10.81.0.1"), entry), PointsmanDirector.Server(IpAddress.Parse("10.81.0.2"), entry)])),
        ]);

    private void Open(PointsmanDirector director, IpAddress service)
    {
        programs.SetTraffic(director.Traffic(service, PerService, opens: true));
        programs.SetSubject(director.Program);
        programs.Run(2 * PerService, entry.NearIndex);
    }

    private static IpAddress AddressOf(int service) => IpAddress.Parse($"10.82.0.{100 + service}");

    private static long AvailableBytes()
    {
        string line = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
