using System.Globalization;
using System.Net;
using System.Text.Json;
using Pointsman.Lab.Probing;

namespace Pointsman.Lab;

/// <summary>
/// The client of the lab, <c>pointsman lab-probe</c>, run inside the client's machine. It obeys words on its standard
/// input and ends with it: <c>report</c>, <c>recent MS</c>, <c>forget</c>, <c>pause</c>, <c>go</c>; each is answered with one line.
/// As <c>echo</c> it is the server that datagrams are sent to, and obeys nobody.
/// </summary>
public static class LabProbe
{
    private const string Usage = """
        usage: pointsman lab-probe http ADDRESS:PORT [--rate PER-SECOND] [--deadline MS] [--from ADDRESS,...] [--ports FIRST-LAST]
               pointsman lab-probe hold ADDRESS:PORT [--count CONNECTIONS] [--period MS] [--from ADDRESS,...]
               pointsman lab-probe datagrams ADDRESS:PORT [--count FLOWS] [--rate PER-SECOND]
               pointsman lab-probe echo ADDRESS:PORT
        """;

    public static int Run(string[] args)
    {
        if (args is not [var mode and ("http" or "hold" or "datagrams" or "echo"), var service, .. var rest]
            || !IPEndPoint.TryParse(service, out IPEndPoint? endPoint)
            || ProbeSettings.TryParse(rest) is not { } settings)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        switch (mode)
        {
            case "http": RunHttp(new ProbeTarget(endPoint), settings); break;
            case "hold": RunHold(new ProbeTarget(endPoint), settings); break;
            case "datagrams": RunDatagrams(endPoint, settings); break;
            default: DatagramEcho.Run(endPoint); break;
        }

        return 0;
    }

    private static void RunDatagrams(IPEndPoint service, ProbeSettings settings)
    {
        using DatagramStream stream = new(service, settings.Count, settings.RatePerSecond);
        Obey(stream.Pause, words =>
        {
            if (words is ["forget"])
            {
                stream.Forget();
                return "ok";
            }

            return words is ["report"] ? JsonSerializer.Serialize(stream.Report(), ProbeJson.Default.DatagramReport) : null;
        });
    }

    private static void RunHttp(ProbeTarget target, ProbeSettings settings)
    {
        using HttpProbe probe = new(target, settings.Sources, settings.RatePerSecond, settings.Deadline);
        probe.Start();
        Obey(paused => probe.Paused = paused, words => words switch
        {
            ["report"] => Line(probe.Report()),
            ["recent", var windowMs] =>
                Line(probe.Recent(TimeSpan.FromMilliseconds(int.Parse(windowMs, CultureInfo.InvariantCulture)))),
            _ => null,
        });
    }

    private static void RunHold(ProbeTarget target, ProbeSettings settings)
    {
        bool isPaused = false;
        using CancellationTokenSource end = new();
        List<HeldConnection> held =
        [
            .. Enumerable.Range(0, settings.Count)
                .Select(_ => new HeldConnection(target, settings.Sources.Next(), settings.Period, () => Volatile.Read(ref isPaused))),
        ];
        Task[] running = [.. held.Select(connection => connection.RunAsync(end.Token))];
        Obey(
            paused => Volatile.Write(ref isPaused, paused),
            words => words is ["report"]
                ? JsonSerializer.Serialize([.. held.Select(connection => connection.Report())], ProbeJson.Default.ListHeldReport)
                : null);
        end.Cancel();
        Task.WaitAll(running);
    }

    private static void Obey(Action<bool> setPaused, Func<string[], string?> answer)
    {
        while (Console.In.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            if (words is ["pause"] or ["go"])
            {
                setPaused(words[0] == "pause");
                Console.Out.WriteLine("ok");
            }
            else
            {
                Console.Out.WriteLine(answer(words) ?? $"unknown word `{line}`");
            }
        }
    }

    private static string Line(ProbeReport report) => JsonSerializer.Serialize(report, ProbeJson.Default.ProbeReport);
}
