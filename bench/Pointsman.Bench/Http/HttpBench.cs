using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Pointsman.Bench.Machines;
using Pointsman.Bench.Measuring;

namespace Pointsman.Bench.Http;

/// <summary>What a client with many requests gets through a balancer: new connections a second, and requests on open ones.</summary>
internal static partial class HttpBench
{
    private const int Connections = 64;
    private const int Seconds = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    internal static Report Run(int rounds, string program)
    {
        var balancers = new Balancers(program);
        foreach ((string name, string address) in balancers.Ways)
        {
            WaitForAnswer(balancers.Client, name, address);
        }

        var opened = balancers.Ways.ToDictionary(way => way.Name, _ => new Samples());
        var asked = balancers.Ways.ToDictionary(way => way.Name, _ => new Samples());
        for (int round = 1; round <= rounds; round++)
        {
            Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} round {round} of {rounds}");
            foreach ((string name, string address) in balancers.Ways)
            {
                opened[name].Add(Ask(balancers.Client, name, address, "-H", "Connection: close"));
                asked[name].Add(Ask(balancers.Client, name, address));
            }
        }

        return new Report(
            "http",
            string.Create(
                CultureInfo.InvariantCulture,
                $"wrk with {Connections} connections for {Seconds} s, one nginx; median of {rounds}, ways in turn"),
            [
                .. Figures("connections", opened),
                .. Figures("requests on open connections", asked),
            ]);
    }

    private static IEnumerable<Figure> Figures(string what, Dictionary<string, Samples> ways)
    {
        double direct = ways[Balancers.Direct].Median;
        double best = ways.Where(way => way.Key is not (Balancers.Direct or Balancers.DirectRouting or Balancers.Masquerading))
            .Max(way => way.Value.Median);
        foreach ((string name, Samples samples) in ways)
        {
            Aim? aim = name is Balancers.DirectRouting or Balancers.Masquerading ? Aim.AtLeast(best / direct) : null;
            yield return new Figure($"{what}: {name}", samples.Median, "/s");
            if (name == Balancers.Direct)
            {
                continue;
            }

            yield return new Figure($"{what}: {name}, share of direct", samples.Median / direct, "", aim);
        }
    }

    private static void WaitForAnswer(Machine client, string name, string address)
    {
        long begin = Stopwatch.GetTimestamp();
        while (client.Ask("curl", "-s", "-m", "1", $"http://{address}/") != "ok\n")
        {
            if (Stopwatch.GetElapsedTime(begin) > s_patience)
            {
                throw new InvalidOperationException($"{name}: no answer from {address} within {s_patience.TotalSeconds} s");
            }

            Thread.Sleep(TimeSpan.FromMilliseconds(100));
        }
    }

    private static double Ask(Machine client, string name, string address, params string[] words)
    {
        string text = client.Ask(
            ["wrk", "-t1", string.Create(CultureInfo.InvariantCulture, $"-c{Connections}"),
             string.Create(CultureInfo.InvariantCulture, $"-d{Seconds}s"), .. words, $"http://{address}/"]);
        Match rate = RateLine().Match(text);
        return rate.Success && !text.Contains("errors", StringComparison.Ordinal) && !text.Contains("Non-2xx", StringComparison.Ordinal)
            ? double.Parse(rate.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{name}: not everything was answered:\n{text}");
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex RateLine();
}
