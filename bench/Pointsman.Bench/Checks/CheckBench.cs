using System.Globalization;
using System.Text;
using System.Text.Json;
using Pointsman.Bench.Kernel;
using Pointsman.Bench.Measuring;
using Pointsman.Bench.Reload;

namespace Pointsman.Bench.Checks;

/// <summary>
/// What it costs to know how ten thousand real servers are: processor time and memory of the process that asks each of them
/// every six seconds.
/// </summary>
internal static class CheckBench
{
    private const int ServerCount = 10_000;
    private const int DelayLoopSeconds = 6;
    private const int WindowSeconds = 2 * DelayLoopSeconds;

    /// <summary>The first checks come within one delay loop and a second.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(DelayLoopSeconds + 3);

    internal static Report Run(int rounds, string program)
    {
        using var servers = new ManyServers();
        using LiveDirector director = LiveDirector.Start(program, Text());
        director.WaitForServers(ServerCount);
        Thread.Sleep(Settling);
        (long _, int count, long before, long overdueBefore) = Read(director);
        if (count != ServerCount)
        {
            throw new InvalidOperationException($"{count} checks run, not {ServerCount}");
        }

        var shares = new Samples();
        var perSecond = new Samples();
        var memory = new Samples();
        for (int round = 0; round < rounds; round++)
        {
            double began = ProcessFigures.CpuSeconds(director.ProcessId);
            long clock = System.Diagnostics.Stopwatch.GetTimestamp();
            Thread.Sleep(TimeSpan.FromSeconds(WindowSeconds));
            double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(clock).TotalSeconds;
            shares.Add((ProcessFigures.CpuSeconds(director.ProcessId) - began) / seconds * 100);
            memory.Add(ProcessFigures.ResidentMegabytes(director.ProcessId));
            (_, _, long after, _) = Read(director);
            perSecond.Add((after - before) / seconds);
            before = after;
        }

        (long down, _, _, long overdue) = Read(director);
        return new Report(
            "checks",
            string.Create(
                CultureInfo.InvariantCulture,
                $"TCP_CHECK of {ServerCount} real servers every {DelayLoopSeconds} s, answered by one nginx; median of {rounds} windows of {WindowSeconds} s"),
            [
                new Figure("share of one core", shares.Median, "%", Aim.AtMost(20)),
                new Figure("memory", memory.Median, "MB", Aim.AtMost(300)),
                new Figure("checks made", perSecond.Median, "/s", Aim.AtLeast(0.95 * ServerCount / DelayLoopSeconds)),
                new Figure("checks overdue", overdue - overdueBefore, "", Aim.AtMost(0)),
                new Figure("checks overdue while the tables are filled at the start", overdueBefore, ""),
                new Figure("servers held for down", down, "", Aim.AtMost(0)),
            ]);
    }

    private static (long Down, int Count, long Finished, long Overdue) Read(LiveDirector director)
    {
        using JsonDocument status = director.Status();
        JsonElement checks = status.RootElement.GetProperty("checks");
        long down = status.RootElement.GetProperty("virtualServers").EnumerateArray()
            .SelectMany(service => service.GetProperty("realServers").EnumerateArray())
            .Count(server => server.GetProperty("state").GetString() != "up");
        return (down, checks.GetProperty("count").GetInt32(), checks.GetProperty("finished").GetInt64(), checks.GetProperty("overdue").GetInt64());
    }

    private static string Text()
    {
        const int ServersEach = 100;
        var text = new StringBuilder();
        for (int service = 0; service < ServerCount / ServersEach; service++)
        {
            text.Append(CultureInfo.InvariantCulture, $"virtual_server 10.254.0.{service + 1} 80 {{\n  delay_loop {DelayLoopSeconds}\n");
            text.Append("  lb_algo wlc\n  lb_kind NAT\n  protocol TCP\n");
            for (int server = 0; server < ServersEach; server++)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"  real_server 10.64.{service}.{server + 1} 80 {{\n    TCP_CHECK {{\n      connect_timeout 3\n    }}\n  }}\n");
            }

            text.Append("}\n");
        }

        return text.ToString();
    }
}
