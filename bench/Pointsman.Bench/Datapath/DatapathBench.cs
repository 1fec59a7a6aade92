using Pointsman.Base;
using Pointsman.Bench.Kernel;
using Pointsman.Bench.Measuring;
using Pointsman.Linux.Bpf;

namespace Pointsman.Bench.Datapath;

/// <summary>
/// What the program costs per packet of an established connection, by the kernel's test run. Beside it, in the same
/// minute and interleaved with it: an empty program (the floor, which is subtracted), the least forwarder there is, and
/// that forwarder with one look-up of a 16-byte key in a hash map.
/// </summary>
internal sealed class DatapathBench(int rounds, PointsmanDirector director, BenchPrograms programs)
{
    private const string Forwarder = "swap MACs";
    private const string Lookup = "swap MACs + hash look-up";
    private const string Pointsman = "pointsman";

    internal static Report Run(int rounds)
    {
        using var programs = BenchPrograms.Load(PointsmanDirector.FlowCapacity);
        Cable.MakeOutside();
        using var director = PointsmanDirector.Create(programs.Sink);
        Neighbours.Outrank();
        return new Report(
            "datapath",
            $"ns per packet, net of an empty program; median of {rounds} interleaved runs",
            [.. FlowPattern.All.SelectMany(new DatapathBench(rounds, director, programs).Measure)]);
    }

    private Figure[] Measure(FlowPattern pattern)
    {
        Open(pattern);
        (string Name, BpfProgram Program)[] subjects =
        [
            (Forwarder, programs.Forward),
            (Lookup, programs.Lookup),
            (Pointsman, director.Program),
        ];
        var floor = new Samples();
        Dictionary<string, Samples> net = subjects.ToDictionary(subject => subject.Name, _ => new Samples());
        programs.SetTraffic(director.Traffic(pattern.Service, pattern.FlowCount, opens: false));
        director.WhileForwarding(() =>
        {
            for (int round = 0; round < rounds; round++)
            {
                Round();
            }
        });

        double forwarder = net[Forwarder].Median;
        double lookup = net[Lookup].Median;
        double pointsman = net[Pointsman].Median;
        return
        [
            new Figure($"{pattern.Name}: empty program, raw", floor.Median, "ns"),
            new Figure($"{pattern.Name}: {Forwarder}", forwarder, "ns"),
            new Figure($"{pattern.Name}: {Lookup}", lookup, "ns"),
            new Figure($"{pattern.Name}: {Pointsman}", pointsman, "ns"),
            new Figure(
                $"{pattern.Name}: beyond the forwarder, as a share of the look-up",
                (pointsman - forwarder) / (lookup - forwarder),
                "x",
                pattern.Aim),
        ];

        void Round()
        {
            double empty = RunWarm(programs.Empty);
            floor.Add(empty);
            foreach ((string name, BpfProgram program) in subjects)
            {
                net[name].Add(RunWarm(program) - empty);
            }
        }

        double RunWarm(BpfProgram program)
        {
            programs.SetSubject(program);

            // The first walk over the flows fetches what the others have pushed out of the caches.
            programs.Run(pattern.FlowCount, director.Entry.NearIndex);
            return programs.Run(pattern.Repeat, director.Entry.NearIndex);
        }
    }

    /// <summary>Makes every flow known: to Pointsman as an established connection, to the hash map as a key.</summary>
    private void Open(FlowPattern pattern)
    {
        foreach (BpfProgram table in new[] { director.Program, programs.Insert })
        {
            programs.SetTraffic(director.Traffic(pattern.Service, pattern.FlowCount, opens: true));
            programs.SetSubject(table);
            programs.Run(pattern.FlowCount * 2, director.Entry.NearIndex);
        }

        programs.SetTraffic(director.Traffic(pattern.Service, pattern.FlowCount, opens: false));
        programs.SetSubject(director.Program);
        XdpAction action = programs.RunOnce(director.Entry.NearIndex);
        Invariant.That(action == XdpAction.Tx, "an established connection's packet is sent back out");
    }
}
