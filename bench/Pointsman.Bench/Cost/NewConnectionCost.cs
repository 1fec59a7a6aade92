using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Bench.Kernel;
using Pointsman.Bench.Measuring;

namespace Pointsman.Bench.Cost;

/// <summary>The first packet of a connection: a server is chosen, and the connection finds a place in the table.</summary>
internal sealed class NewConnectionCost(int rounds, BenchPrograms programs, Cable entry)
{
    private const int Repeat = 1 << 16;
    private const int Few = 2;
    private const int Many = 1000;
    // The overflow scheduler gives a server no more connections than its weight.
    private const int Roomy = 1 << 24;
    private const double MostDearerWithMany = 2;
    private static readonly int[] s_counts = [Few, 100, Many];
    private static readonly IpAddress s_small = IpAddress.Parse("10.79.1.100");

    internal IEnumerable<Figure> Measure() =>
        Enum.GetValues<SchedulerKind>().SelectMany(scheduler => Measure(scheduler))
            .Concat(Measure(SchedulerKind.Wlc, TimeSpan.FromMinutes(5))).Concat(MeasureFull()).ToList();

    /// <param name="persistence">Clients, 64 of them, are bound to their servers.</param>
    private List<Figure> Measure(SchedulerKind scheduler, TimeSpan? persistence = null)
    {
        string name = $"{scheduler}".ToLowerInvariant() + (persistence is null ? "" : " persistent");
        Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {name}");
        using PointsmanDirector director = PointsmanDirector.Create(
            entry, 1 << 21, [.. s_counts.Select((count, number) => Service(number, scheduler, count) with { Persistence = persistence })]);
        Samples[] net = [.. s_counts.Select(_ => new Samples())];
        director.WhileForwarding(() =>
        {
            for (int number = 0; number < s_counts.Length; number++)
            {
                // Each packet of all rounds is of a flow of its own.
                programs.SetTraffic(director.Traffic(AddressOf(number), 1 << 20, opens: false) with { OnlyOpens = true });
                for (int round = 0; round < rounds; round++)
                {
                    net[number].Add(Run(director));
                }
            }
        });
        double few = net[0].Median;
        double many = net[^1].Median;
        return
        [
            .. s_counts.Select((count, number) => new Figure($"new connection, {name}, {count} servers", net[number].Median, "ns")),
            new Figure($"new connection, {name}, {Many} servers to {Few}", many / few, "x", Aim.AtMost(MostDearerWithMany)),
        ];
    }

    private double Run(PointsmanDirector director)
    {
        programs.SetSubject(programs.Empty);
        double empty = programs.Run(Repeat, entry.NearIndex);
        programs.SetSubject(director.Program);
        return programs.Run(Repeat, entry.NearIndex) - empty;
    }

    // Connections that are open fill the table; they give way to nobody.
    private List<Figure> MeasureFull()
    {
        Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} a full table");
        const int Capacity = 1 << 18;
        PlannedServer[] servers = [.. Servers(9, Few)];
        using PointsmanDirector director = PointsmanDirector.Create(
            entry,
            Capacity,
            [
                PointsmanDirector.Service(TransportProtocol.Tcp, s_small, SchedulerKind.Wlc, [.. servers]),
                Service(0, SchedulerKind.Wlc, Few),
            ]);
        var filling = new Samples();
        var full = new Samples();
        Traffic held = director.Traffic(s_small, Capacity / 4, opens: true);
        Traffic others = director.Traffic(AddressOf(0), 1 << 20, opens: false) with { OnlyOpens = true };
        Open(held, director, Capacity / 2);
        programs.SetTraffic(others);
        filling.Add(Run(director));
        Open(held with { FlowCount = Capacity * 2 }, director, Capacity * 4);
        Invariant.That(director.Dataplane.ReadSnapshot().Connections > Capacity * 9 / 10, "the table is full");
        programs.SetTraffic(others with { FlowCount = 1 << 20 });
        programs.SetSubject(programs.Empty);
        programs.Run(Repeat, entry.NearIndex);
        for (int round = 0; round < rounds; round++)
        {
            full.Add(Run(director));
        }

        return
        [
            new Figure("new connection, table filling", filling.Median, "ns"),
            new Figure("new connection, table full", full.Median, "ns"),
            new Figure("new connection, table full to filling", full.Median / filling.Median, "x", Aim.AtMost(1)),
        ];
    }

    private void Open(Traffic traffic, PointsmanDirector director, int packets)
    {
        programs.SetTraffic(traffic);
        programs.SetSubject(director.Program);
        programs.Run(packets, entry.NearIndex);
    }

    private static IpAddress AddressOf(int number) => IpAddress.Parse($"10.79.0.{100 + number}");

    private PlannedService Service(int number, SchedulerKind scheduler, int count) =>
        PointsmanDirector.Service(
            TransportProtocol.Tcp,
            AddressOf(number),
            scheduler,
            [.. Servers(number, count).Select(server => server with { Weight = scheduler == SchedulerKind.Ovf ? Roomy : server.Weight })]);

    private ImmutableArray<PlannedServer> Servers(int number, int count) =>
    [
        .. Enumerable.Range(1, count).Select(server =>
            PointsmanDirector.Server(IpAddress.Parse($"10.{80 + number}.{server / 250}.{(server % 250) + 1}"), entry)),
    ];
}
