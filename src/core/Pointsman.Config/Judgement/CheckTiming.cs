using System.Globalization;
using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>
/// How long a dead server stays in service, as the checks are timed: the last success was just before its death, so a
/// whole delay loop passes, and then every attempt runs into its timeout, with a pause before each but the first.
/// </summary>
internal sealed record CheckTiming(TimeSpan DelayLoop, TimeSpan ConnectTimeout, int Retry, TimeSpan DelayBeforeRetry)
{
    /// <summary>A SYN that was lost is sent again after one second, and then after two more.</summary>
    private const int ReasonableTimeoutSeconds = 3;

    /// <summary>For a server that does not answer at all.</summary>
    public TimeSpan WhenSilent => WhenRefusing + ((Retry + 1) * ConnectTimeout);

    /// <summary>For a server whose host answers that nobody listens.</summary>
    public TimeSpan WhenRefusing => DelayLoop + (Retry * DelayBeforeRetry);

    private string Sum
    {
        get
        {
            string attempts = Retry == 0 ? "one attempt" : string.Create(CultureInfo.InvariantCulture, $"{Retry + 1} attempts");
            string loop = $"`delay_loop` {Wording.Seconds(DelayLoop)} + {attempts} of `connect_timeout` {Wording.Seconds(ConnectTimeout)}";
            return Retry == 0
                ? loop
                : string.Create(CultureInfo.InvariantCulture, $"{loop} + {Retry} x `delay_before_retry` {Wording.Seconds(DelayBeforeRetry)}");
        }
    }

    public static void Judge(Configuration configuration, DiagnosticSink sink)
    {
        var timings = configuration.VirtualServers
            .Select(server => (Server: server, Timing: Of(server)))
            .Where(pair => pair.Timing is not null)
            .GroupBy(pair => pair.Timing!);
        foreach (var group in timings)
        {
            List<VirtualServerConfig> servers = [.. group.Select(pair => pair.Server)];
            Tell(group.Key, servers[0], [.. servers.Skip(1).Select(server => $"`{Wording.Endpoint(server.Address)}`")], sink);
        }

        NoticeLongTimeouts(configuration, sink);
    }

    public static CheckTiming Of(VirtualServerConfig server, CheckerConfig check) =>
        new(check.DelayLoop ?? server.DelayLoop, check.ConnectTimeout, check.Retry, check.DelayBeforeRetry);

    /// <summary>Any check takes its server out, so a server's quickest counts; of the servers the slowest. Null: no checks.</summary>
    private static CheckTiming? Of(VirtualServerConfig server) => server.RealServers
        .Select(real => real.Checks.Where(check => check.IsTimed).Select(check => Of(server, check)).MinBy(timing => timing.WhenSilent))
        .MaxBy(timing => timing?.WhenSilent);

    private static void Tell(CheckTiming timing, VirtualServerConfig server, List<string> others, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(
            JudgementCatalogue.SlowCheck, server.Source, Wording.Endpoint(server.Address), Wording.Seconds(timing.WhenSilent)) with
        {
            Label = timing.Sum,
            Hint = Wording.WithOthers(
                $"one that refuses connections leaves after at most {Wording.Seconds(timing.WhenRefusing)}; lower numbers are quicker",
                others),
        });

    private static void NoticeLongTimeouts(Configuration configuration, DiagnosticSink sink)
    {
        var first = new Dictionary<(TimeSpan Timeout, TimeSpan Loop), (SourceSpan Place, int Count)>();
        foreach (VirtualServerConfig server in configuration.VirtualServers)
        {
            foreach (CheckerConfig check in server.RealServers.SelectMany(real => real.Checks).Where(check => check.IsTimed))
            {
                CheckTiming timing = Of(server, check);
                var key = (timing.ConnectTimeout, timing.DelayLoop);
                if (timing.ConnectTimeout > timing.DelayLoop)
                {
                    first[key] = first.TryGetValue(key, out var told) ? (told.Place, told.Count + 1) : (check.Source, 1);
                }
            }
        }

        foreach (((TimeSpan timeout, TimeSpan loop), (SourceSpan place, int count)) in first.OrderBy(entry => entry.Value.Place.Line))
        {
            string others = count == 1
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $"; the same holds for {count - 1} more {(count == 2 ? "check" : "checks")}");
            int better = Math.Clamp((int)loop.TotalSeconds, 1, ReasonableTimeoutSeconds);
            sink.Add(DiagnosticSink.Make(
                JudgementCatalogue.TimeoutBeyondLoop, place, Wording.Seconds(timeout), Wording.Seconds(loop)) with
            {
                Label = $"a silent server is asked only every {Wording.Seconds(timeout + loop)}",
                Hint = string.Create(
                    CultureInfo.InvariantCulture,
                    $"type `connect_timeout {better}`: a healthy server accepts within milliseconds{others}"),
            });
        }
    }
}
