using System.Globalization;
using Pointsman.Bench.Config;
using Pointsman.Bench.Kernel;
using Pointsman.Bench.Measuring;

namespace Pointsman.Bench.Reload;

/// <summary>
/// What a reload costs a running director of the largest site: how long until the new file is in force, and how many
/// records of the data path's tables are written for one changed weight.
/// </summary>
internal static class ReloadBench
{
    internal static Report Run(int rounds, string program)
    {
        // All servers are behind one router, whose hardware address is known: nothing has to answer.
        Command.Run("ip link add reload0 type veth peer name reload1");
        Command.Run("ip addr add 10.255.0.1/24 dev reload0");
        Command.Run("ip link set reload1 up");
        Command.Run("ip link set reload0 up");
        Command.Run("ip neigh add 10.255.0.2 lladdr 02:00:00:00:00:02 dev reload0 nud permanent");
        Command.Run("ip route add default via 10.255.0.2");

        var changedMs = new Samples();
        var unchangedMs = new Samples();
        double changedWrites = 0;
        double unchangedWrites = 0;
        using LiveDirector director = LiveDirector.Start(program, LargeSite.Text(isChecked: false));
        director.WaitForServers(LargeSite.ServerCount);
        for (int round = 0; round < rounds; round++)
        {
            string file = LargeSite.Text(isChecked: false, firstWeight: 2 + round);
            changedWrites = Math.Max(changedWrites, Measure(director, file, changes: 1, changedMs));
            unchangedWrites = Math.Max(unchangedWrites, Measure(director, file, changes: 0, unchangedMs));
        }

        return new Report(
            "reload",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{LargeSite.ServiceCount} virtual servers (wlc) with {LargeSite.ServerCount} real servers; times: median of {rounds}, writes: most of {rounds}"),
            [
                new Figure("one changed weight: table writes", changedWrites, "", Aim.AtMost(1)),
                new Figure("one changed weight: from the request until it is in force", changedMs.Median, "ms"),
                new Figure("nothing changed: table writes", unchangedWrites, "", Aim.AtMost(0)),
                new Figure("nothing changed: from the request until it is in force", unchangedMs.Median, "ms"),
            ]);
    }

    private static long Measure(LiveDirector director, string file, int changes, Samples durations)
    {
        long before = director.TableWrites();
        (int count, double milliseconds) = director.Reload(file);
        if (count != changes)
        {
            throw new InvalidOperationException($"the reload told of {count} changes, there are {changes}");
        }

        durations.Add(milliseconds);
        return director.TableWrites() - before;
    }
}
