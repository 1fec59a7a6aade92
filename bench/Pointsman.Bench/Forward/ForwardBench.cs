using System.Diagnostics;
using Pointsman.Bench.Kernel;
using Pointsman.Bench.Measuring;
using Pointsman.Linux.Network;

namespace Pointsman.Bench.Forward;

/// <summary>
/// Packets per second through a director between two veth cables, packets made, forwarded and counted on one CPU, which
/// is busy all the time: what is compared is the whole chain, of which the director is a part.
/// </summary>
internal sealed class ForwardBench(int rounds, Streets streets, BenchPrograms programs)
{
    // About 65 ms of a bare forwarder: a call's own cost, some ms, is then small.
    private const int FramesOfOneCall = 1 << 18;
    private static readonly TimeSpan OneMeasurement = TimeSpan.FromSeconds(0.4);

    internal static Report Run(int rounds)
    {
        using var programs = BenchPrograms.Load(flowCapacity: 1024);
        using var streets = Streets.Build(programs);
        return new ForwardBench(rounds, streets, programs).Measure();
    }

    private Report Measure()
    {
        List<Figure> figures =
        [
            .. Measure("one leg, one flow", streets.OneLeg, 1, aim: 0.88),
            .. Measure("one leg, 64K flows", streets.OneLeg, 1 << 16, aim: 0.65),
            .. Measure("two legs, one flow", streets.TwoLegs, 1, aim: 0.88),
            .. Measure("two legs, 64K flows", streets.TwoLegs, 1 << 16, aim: 0.65),
        ];
        return new Report(
            "forward", $"packets per second through veth, all on one CPU; median of {rounds} interleaved runs", figures);
    }

    private List<Figure> Measure(string name, IReadOnlyList<Way> ways, int flowCount, double aim)
    {
        Dictionary<string, Samples> samples = ways.ToDictionary(way => way.Director, _ => new Samples());
        foreach (Way way in ways)
        {
            // Each flow's SYN, and the segment that establishes it.
            programs.SetTraffic(way.Traffic(flowCount, opens: true));
            Outside(() => programs.Send(flowCount * 2, way.Entry.FarIndex));
        }

        streets.Director.WhileForwarding(() =>
        {
            for (int round = 0; round < rounds; round++)
            {
                foreach (Way way in ways)
                {
                    programs.SetTraffic(way.Traffic(flowCount, opens: false));
                    samples[way.Director].Add(PacketsPerSecond(way));
                }
            }
        });

        double bare = samples[Streets.Bare].Median;
        double kernel = samples[Streets.Kernel].Median;
        double pointsman = samples[Streets.Pointsman].Median;
        return
        [
            new Figure($"{name}: {Streets.Bare}", bare / 1e6, "Mpps"),
            new Figure($"{name}: {Streets.Kernel}", kernel / 1e6, "Mpps"),
            new Figure($"{name}: {Streets.Pointsman}", pointsman / 1e6, "Mpps"),
            new Figure($"{name}: share of the bare forwarder", pointsman / bare, "x", Aim.AtLeast(aim)),
            new Figure($"{name}: times the kernel's routing", pointsman / kernel, "x"),
        ];
    }

    private double PacketsPerSecond(Way way)
    {
        ulong before = programs.Received();
        TimeSpan elapsed = Outside(() =>
        {
            Neighbours.Outrank();
            var watch = Stopwatch.StartNew();
            do
            {
                programs.Send(FramesOfOneCall, way.Entry.FarIndex);
            }
            while (watch.Elapsed < OneMeasurement);
            return watch.Elapsed;
        });
        return (programs.Received() - before) / elapsed.TotalSeconds;
    }

    private static void Outside(Action work) => Outside(() =>
    {
        work();
        return TimeSpan.Zero;
    });

    private static TimeSpan Outside(Func<TimeSpan> work) => NetworkNamespace.InNamed(Cable.Outside, work);
}
