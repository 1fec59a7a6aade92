using Pointsman.Bench.Kernel;
using Pointsman.Bench.Measuring;

namespace Pointsman.Bench.Cost;

/// <summary>
/// One table of what a packet costs, by the kernel's test run: by forwarding method, protocol and number of flows; of a new
/// connection by scheduler and number of servers; with the table full; and what a large table costs the control side.
/// </summary>
internal static class CostBench
{
    internal static readonly string[] RowNames = ["established", "new", "large"];

    /// <param name="rows">Empty: all.</param>
    internal static Report Run(int rounds, string[] rows)
    {
        using var programs = BenchPrograms.Load(EstablishedCost.MostFlows * 2);
        Cable.MakeOutside();
        Cable entry = PointsmanDirector.LayEntry(programs.Sink);
        Neighbours.Outrank();
        return new Report(
            "cost",
            $"ns per packet, net of an empty program; median of {rounds} interleaved runs",
            [
                .. Has("established") ? new EstablishedCost(rounds, programs, entry).Measure() : [],
                .. Has("new") ? new NewConnectionCost(rounds, programs, entry).Measure() : [],
                .. Has("large") ? new LargeTable(programs, entry).Measure() : [],
            ]);

        bool Has(string row) => rows.Length == 0 || rows.Contains(row);
    }
}
