using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Bench.Kernel;
using Pointsman.Bench.Measuring;
using Pointsman.Linux.Bpf;

namespace Pointsman.Bench.Cost;

/// <summary>A packet of a connection that is open, beside the least forwarder and a look-up in a hash map.</summary>
internal sealed class EstablishedCost(int rounds, BenchPrograms programs, Cable entry)
{
    internal const int MostFlows = 1 << 20;

    // With NAT a connection is found by its two sides, and each is to find room in the few places it may have.
    private const int Capacity = MostFlows * 8;

    private const int Repeat = 1 << 19;
    private const int LinkMtu = 1500;
    private static readonly IpAddress s_service = IpAddress.Parse("10.78.0.100");
    private static readonly IpAddress s_service6 = IpAddress.Parse("2001:db8:78::100");
    private static readonly (string Name, int Count)[] s_flows =
        [("one flow", 1), ("16K", 1 << 14), ("64K", 1 << 16), ("256K", 1 << 18), ("1M", MostFlows)];

    internal IEnumerable<Figure> Measure()
    {
        Way[] ways =
        [
            new("DR, TCP", TransportProtocol.Tcp, ForwardingMethod.DirectRoute),
            new("DR, UDP", TransportProtocol.Udp, ForwardingMethod.DirectRoute),
            new("NAT, TCP", TransportProtocol.Tcp, ForwardingMethod.Masquerade),
            new("NAT, UDP", TransportProtocol.Udp, ForwardingMethod.Masquerade),
            new("DR, TCP over IPv6", TransportProtocol.Tcp, ForwardingMethod.DirectRoute) { IsV6 = true },
            new("DR, UDP over IPv6", TransportProtocol.Udp, ForwardingMethod.DirectRoute) { IsV6 = true },
            new("NAT, TCP over IPv6", TransportProtocol.Tcp, ForwardingMethod.Masquerade) { IsV6 = true },
            new("DR, TCP, persistent", TransportProtocol.Tcp, ForwardingMethod.DirectRoute) { Persistence = TimeSpan.FromMinutes(5) },
            new("TUN ipip, TCP", TransportProtocol.Tcp, ForwardingMethod.Tunnel, TunnelKind.Ipip),
            new("TUN ipip, UDP", TransportProtocol.Udp, ForwardingMethod.Tunnel, TunnelKind.Ipip),
            new("TUN gre, TCP", TransportProtocol.Tcp, ForwardingMethod.Tunnel, TunnelKind.Gre),
            new("TUN gue, TCP", TransportProtocol.Tcp, ForwardingMethod.Tunnel, TunnelKind.Gue),
            new("TUN gre with a checksum, TCP", TransportProtocol.Tcp, ForwardingMethod.Tunnel, TunnelKind.Gre) { Checksum = TunnelChecksum.Outer },
            new("TUN gue with a checksum, TCP", TransportProtocol.Tcp, ForwardingMethod.Tunnel, TunnelKind.Gue) { Checksum = TunnelChecksum.Outer },
        ];
        return ways.SelectMany(Measure).ToList();
    }

    private List<Figure> Measure(Way way)
    {
        Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {way.Name}");
        using PointsmanDirector director = PointsmanDirector.Create(
            entry,
            Capacity,
            [PointsmanDirector.Service(way.Protocol, way.Service, SchedulerKind.Wlc, [Server(way, 1), Server(way, 2)]) with { Persistence = way.Persistence }]);
        return [.. s_flows.SelectMany(flows => Measure(way, director, flows.Name, flows.Count))];
    }

    private IEnumerable<Figure> Measure(Way way, PointsmanDirector director, string name, int flowCount)
    {
        // What is compared with is of TCP over IPv4 by one leg; one of the ways is enough to tell it by.
        bool isFirst = way == new Way("DR, TCP", TransportProtocol.Tcp, ForwardingMethod.DirectRoute);
        Traffic traffic = director.Traffic(way.Service, flowCount, opens: false) with { Protocol = way.Protocol };
        Open(traffic, way.Protocol == TransportProtocol.Tcp, isFirst ? [director.Program, programs.Insert] : [director.Program]);
        programs.SetTraffic(traffic);
        var pointsman = new Samples();
        var forwarder = new Samples();
        var lookup = new Samples();
        director.WhileForwarding(() =>
        {
            for (int round = 0; round < rounds; round++)
            {
                double empty = Run(programs.Empty, flowCount);
                pointsman.Add(Run(director.Program, flowCount) - empty);
                if (isFirst)
                {
                    forwarder.Add(Run(programs.Forward, flowCount) - empty);
                    lookup.Add(Run(programs.Lookup, flowCount) - empty);
                }
            }
        });
        if (!isFirst)
        {
            return [new Figure($"{way.Name}, {name}", pointsman.Median, "ns")];
        }

        return
        [
            new Figure($"swap MACs, {name}", forwarder.Median, "ns"),
            new Figure($"swap MACs + hash look-up, {name}", lookup.Median, "ns"),
            new Figure($"{way.Name}, {name}", pointsman.Median, "ns"),
            new Figure(
                $"{way.Name}, {name}, as a share of the forwarder with a look-up",
                pointsman.Median / lookup.Median,
                "x",
                Aim.AtMost(flowCount == 1 ? 0.5 : 1)),
        ];
    }

    private void Open(Traffic traffic, bool byHandshake, BpfProgram[] tables)
    {
        foreach (BpfProgram table in tables)
        {
            programs.SetTraffic(traffic with { Opens = byHandshake });
            programs.SetSubject(table);
            programs.Run(traffic.FlowCount * (byHandshake ? 2 : 1), entry.NearIndex);
        }
    }

    private double Run(BpfProgram program, int flowCount)
    {
        programs.SetSubject(program);

        // The first walk over the flows fetches what the others have pushed out of the caches.
        programs.Run(flowCount, entry.NearIndex);
        return programs.Run(Repeat, entry.NearIndex);
    }

    private PlannedServer Server(Way way, int number)
    {
        PlannedServer server = PointsmanDirector.Server(IpAddress.Parse(way.IsV6 ? $"2001:db8:78:1::{number}" : $"10.78.1.{number}"), entry) with { Method = way.Method };
        ushort port = way.Tunnel == TunnelKind.Gue ? (ushort)6080 : (ushort)0;
        return way.Tunnel is { } kind
            ? server with { Tunnel = new TunnelEnd(kind, IpAddress.Parse("10.78.1.99"), LinkMtu, port) { Checksum = way.Checksum } }
            : server;
    }

    private sealed record Way(string Name, TransportProtocol Protocol, ForwardingMethod Method, TunnelKind? Tunnel = null)
    {
        internal bool IsV6 { get; init; }

        internal TimeSpan? Persistence { get; init; }

        internal TunnelChecksum Checksum { get; init; }

        internal IpAddress Service => IsV6 ? s_service6 : s_service;
    }
}
