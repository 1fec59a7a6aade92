namespace Pointsman.Lab.Probing;

/// <summary>
/// The requests of one probe in the order they began, and the sums over them. Times are milliseconds on any one clock.
/// Any thread may call it.
/// </summary>
internal sealed class RequestLog
{
    private readonly Lock _guard = new();
    private readonly List<Request> _requests = [];

    private double? _lastAnsweredBeforeMs;

    /// <summary>A request begins; its outcome is told later by <see cref="End"/>.</summary>
    internal Request Begin(double startMs)
    {
        Request request = new(startMs);
        lock (_guard)
        {
            _requests.Add(request);
        }

        return request;
    }

    internal void End(Request request, RequestOutcome outcome, string? server)
    {
        lock (_guard)
        {
            request.Outcome = outcome;
            request.Server = server;
        }
    }

    /// <summary>A request that never left: it says nothing about the service.</summary>
    internal void Withdraw(Request request)
    {
        lock (_guard)
        {
            _requests.Remove(request);
        }
    }

    internal bool AllEndedBefore(double startMs)
    {
        lock (_guard)
        {
            return _requests.TrueForAll(request => request.StartMs >= startMs || request.Outcome is not null);
        }
    }

    /// <summary>Takes out and sums up all requests begun before this time; they must have ended.</summary>
    internal ProbeReport Take(double beforeMs)
    {
        lock (_guard)
        {
            List<Request> period = _requests.FindAll(request => request.StartMs < beforeMs);
            _requests.RemoveAll(request => request.StartMs < beforeMs);
            ProbeReport report = SumUp(period, _lastAnsweredBeforeMs);
            _lastAnsweredBeforeMs = period.FindLast(request => request.Outcome == RequestOutcome.Answered)?.StartMs ?? _lastAnsweredBeforeMs;
            return report;
        }
    }

    /// <summary>Sums up what began since this time and stays; one without an answer so far counts as timed out.</summary>
    internal ProbeReport Look(double sinceMs, double untilMs)
    {
        lock (_guard)
        {
            return SumUp(_requests.FindAll(request => request.StartMs >= sinceMs && request.StartMs < untilMs), lastAnsweredMs: null);
        }
    }

    private static ProbeReport SumUp(List<Request> requests, double? lastAnsweredMs)
    {
        SortedDictionary<string, int> servers = new(StringComparer.Ordinal);
        SortedDictionary<string, int> failures = new(StringComparer.Ordinal);
        double outageMs = 0;
        bool lostSince = false;
        foreach (Request request in requests)
        {
            if (request.Outcome == RequestOutcome.Answered)
            {
                Count(servers, request.Server ?? "?");
                outageMs = lostSince ? Math.Max(outageMs, request.StartMs - (lastAnsweredMs ?? requests[0].StartMs)) : outageMs;
                lastAnsweredMs = request.StartMs;
                lostSince = false;
            }
            else
            {
                Count(failures, (request.Outcome ?? RequestOutcome.TimedOut).ToString());
                lostSince = true;
            }
        }

        if (lostSince)
        {
            outageMs = Math.Max(outageMs, requests[^1].StartMs - (lastAnsweredMs ?? requests[0].StartMs));
        }

        return new ProbeReport(requests.Count, servers.Values.Sum(), Math.Round(outageMs, 1), servers, failures);
    }

    private static void Count(SortedDictionary<string, int> counts, string key) =>
        counts[key] = counts.GetValueOrDefault(key) + 1;

    internal sealed class Request(double startMs)
    {
        internal double StartMs { get; } = startMs;

        /// <summary>Null while it waits.</summary>
        internal RequestOutcome? Outcome { get; set; }

        internal string? Server { get; set; }
    }
}
