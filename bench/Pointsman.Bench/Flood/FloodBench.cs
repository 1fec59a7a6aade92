using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pointsman.Base;
using Pointsman.Bench.Kernel;
using Pointsman.Bench.Machines;
using Pointsman.Bench.Measuring;
using Pointsman.Linux.Network;

namespace Pointsman.Bench.Flood;

/// <summary>
/// A download through a director, alone and while SYNs from forged addresses to the same service come in by two other cables, as fast as
/// two CPUs make them. They go to servers that are where they came from: what a server does with SYNs is its own affair, and would slow
/// down the flood.
/// </summary>
internal sealed class FloodBench(string program)
{
    private const string Service = "10.9.0.101";
    private const string ServerAddress = "10.9.0.20";

    /// <summary>Each from one CPU at a time.</summary>
    private const int Cables = 2;
    private const int FlowCount = 1 << 30;
    private const int FileMegabytes = 120;
    private const int LimitMegabytes = 20;

    /// <summary>By least connections, all that is new goes there.</summary>
    private const int SinkWeight = 65535;

    private const int FramesOfOneCall = 1 << 16;
    private const double LeastPerSecond = 1e6;

    /// <summary>What is left of a client's pace that counts as untouched.</summary>
    private const double LeastShare = 0.95;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly BenchPrograms[] _programs = [.. Enumerable.Range(0, Cables).Select(_ => BenchPrograms.Load(flowCapacity: 1024))];
    private readonly Machine _client = Town.Settle("client", "10.9.0.9");
    private readonly Machine _server = Town.Settle("server", ServerAddress);
    private readonly Machine _director = Town.Settle("director", "10.9.0.1");

    internal static Report Run(int rounds, string program)
    {
        Town.Found();
        return new FloodBench(program).Measure(rounds);
    }

    private Report Measure(int rounds)
    {
        Cable.MakeOutside();
        Cable[] floods = [.. _programs.Select((programs, i) => new Cable($"flood{i}", _director.Space, i + 1).Lay(programs.Sink))];
        BeginServer();
        BeginDirector(floods);
        var alone = new Samples();
        var flooded = new Samples();
        var rates = new Samples();
        var repeats = new Samples();
        var evicted = new Samples();
        for (int round = 1; round <= rounds; round++)
        {
            Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} round {round} of {rounds}");
            alone.Add(Download());
            long repeatedBefore = Retransmissions();
            (long forwarded, long gaveWay) before = Verdicts();
            using var enough = new CancellationTokenSource();
            Task<double> downloading = Task.Run(Download);
            AwaitConnection(downloading);
            SetSinkWeights(SinkWeight);
            var watch = Stopwatch.StartNew();
            Task flooding = Task.WhenAll(floods.Select((flood, i) => Task.Run(() => Send(i, flood, enough.Token))));
            flooded.Add(downloading.Result);
            enough.Cancel();
            flooding.Wait();
            SetSinkWeights(0);
            (long forwarded, long gaveWay) after = Verdicts();
            rates.Add((after.forwarded - before.forwarded) / watch.Elapsed.TotalSeconds / 1e6);
            evicted.Add((after.gaveWay - before.gaveWay) / 1e6);
            repeats.Add(Retransmissions() - repeatedBefore);
        }

        return new Report(
            "flood",
            string.Create(CultureInfo.InvariantCulture, $"{FileMegabytes} MB at {LimitMegabytes} MB/s by direct routing, table of 262,144; median of {rounds}"),
            [
                new Figure("packets balanced meanwhile", rates.Median, "M/s", Aim.AtLeast(LeastPerSecond / 1e6)),
                new Figure("half-open connections that gave way", evicted.Median, "M"),
                new Figure("download alone", alone.Median, "MB/s"),
                new Figure("download in the flood", flooded.Median, "MB/s"),
                new Figure("download in the flood, share of alone", flooded.Median / alone.Median, "", Aim.AtLeast(LeastShare)),
                new Figure("segments the server sent again", repeats.Median, ""),
            ]);
    }

    private void BeginServer()
    {
        _server.Set("conf/all/arp_ignore", "1");
        _server.Set("conf/all/arp_announce", "2");
        _server.Run($"ip addr add {Service}/32 dev lo");
        using (FileStream file = File.Create("/run/www-file"))
        {
            file.SetLength(FileMegabytes * 1_000_000L);
        }

        _server.Serve("nginx", "-c", _server.Write("nginx.conf", """
            worker_processes 1;
            daemon off;
            pid off;
            error_log /dev/null;
            events { worker_connections 64; }
            http {
                access_log off;
                client_body_temp_path /run; proxy_temp_path /run; fastcgi_temp_path /run; uwsgi_temp_path /run; scgi_temp_path /run;
                server { listen 80; location = /file { alias /run/www-file; } location = /ready { return 200 "ok\n"; } }
            }

            """));
    }

    private void BeginDirector(Cable[] floods)
    {
        // On both interfaces: the daemon looks for its packets where the address is.
        _director.Run($"ip addr add {Service}/32 dev eth0");
        for (int i = 0; i < floods.Length; i++)
        {
            _director.Run($"ip addr add {Service}/32 dev {floods[i].Name}");
            _director.Run($"ip addr add {Network(i)}.1/24 dev {floods[i].Name}");
            _director.Run($"ip neigh replace {Sink(i)} lladdr {floods[i].Far} dev {floods[i].Name} nud permanent");
        }

        string sinks = string.Concat(Enumerable.Range(0, floods.Length).Select(i => $"real_server {Sink(i)} 80 {{\nweight 0\n}}\n"));
        string file = _director.Write("keepalived.conf", $$"""
            virtual_server {{Service}} 80 {
                lb_algo wlc
                lb_kind DR
                protocol TCP
                real_server {{ServerAddress}} 80 {
                    weight 1
                }
                {{sinks}}
            }

            """);
        _director.Serve(program, "run", "-C", "-f", file, "--run-dir", "/run/director", "--bpf-dir", "/sys/fs/bpf/director");
        long begun = Stopwatch.GetTimestamp();
        while (_client.Ask("curl", "-s", "-m", "1", $"http://{Service}/ready") != "ok\n")
        {
            if (Stopwatch.GetElapsedTime(begun) > s_patience)
            {
                throw new InvalidOperationException($"no answer through the director within {s_patience.TotalSeconds} s");
            }

            Thread.Sleep(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <returns>Megabytes a second.</returns>
    private double Download()
    {
        string said = _client.Ask(
            "curl", "-s", "-o", "/dev/null", "-m", "300", "--limit-rate", $"{LimitMegabytes}000000", "-w", "%{size_download} %{speed_download}", $"http://{Service}/file");
        string[] words = said.Split(' ');
        return words is [var size, var speed] && size == $"{FileMegabytes}000000"
            ? double.Parse(speed, CultureInfo.InvariantCulture) / 1e6
            : throw new InvalidOperationException($"the download broke: {said}");
    }

    private static string Network(int cable) => string.Create(CultureInfo.InvariantCulture, $"10.{cable + 10}.0");

    private static string Sink(int cable) => $"{Network(cable)}.2";

    private void Send(int number, Cable flood, CancellationToken enough) => NetworkNamespace.InNamed(Cable.Outside, () =>
    {
        _programs[number].SetTraffic(new Traffic(flood.Far, flood.Near, IpAddress.Parse(Service), Port: 80, FlowCount, Opens: false)
        {
            OnlyOpens = true,
            FirstFlow = (uint)(FlowCount / Cables * number),
        });
        while (!enough.IsCancellationRequested)
        {
            _programs[number].Send(FramesOfOneCall, flood.FarIndex);
        }

        return true;
    });

    // The client is connected: to the one server that has a weight.
    private void AwaitConnection(Task<double> downloading)
    {
        long begun = Stopwatch.GetTimestamp();
        while (_client.Ask("ss", "-Htn", "state", "established", "dst", Service).Length == 0)
        {
            if (downloading.IsCompleted || Stopwatch.GetElapsedTime(begun) > s_patience)
            {
                throw new InvalidOperationException($"the download does not begin:\n{Director("status")}");
            }

            Thread.Sleep(TimeSpan.FromMilliseconds(10));
        }
    }

    private void SetSinkWeights(int weight)
    {
        for (int i = 0; i < Cables; i++)
        {
            Director("server", "weight", $"{Service}:80", Sink(i), string.Create(CultureInfo.InvariantCulture, $"{weight}"));
        }
    }

    private string Director(params string[] words) => _director.Ask([program, .. words, "--run-dir", "/run/director"]);

    private (long Forwarded, long GaveWay) Verdicts()
    {
        using JsonDocument status = JsonDocument.Parse(Director("status", "--json"));
        JsonElement verdicts = status.RootElement.GetProperty("dataPath").GetProperty("verdicts");
        return (Count("forwarded") + Count("redirected"), Count("note-evicted-embryonic"));

        long Count(string name) => verdicts.TryGetProperty(name, out JsonElement count) ? count.GetInt64() : 0;
    }

    /// <summary>RetransSegs of the server's kernel.</summary>
    private long Retransmissions()
    {
        string[] lines = [.. _server.Ask("cat", "/proc/net/snmp").Split('\n').Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal))];
        int column = Array.IndexOf(lines[0].Split(' '), "RetransSegs");
        return long.Parse(lines[1].Split(' ')[column], CultureInfo.InvariantCulture);
    }
}
