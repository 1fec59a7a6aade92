using System.Diagnostics;
using System.Globalization;
using Pointsman.Health;

namespace Pointsman.Probes;

/// <summary>How long a probe waits: so long for each step, and so long for all of them.</summary>
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _stop;
    private readonly ProbeRequest _request;
    private readonly long _started = Stopwatch.GetTimestamp();
    private bool _isLast;

    internal Patience(ProbeRequest request, CancellationToken stop)
    {
        _request = request;
        _stop = stop;
        _source = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Renew();
    }

    internal CancellationToken Token => _source.Token;

    internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    /// <summary>It ran out, and nobody stopped the probe from outside.</summary>
    internal bool HasRunOut => _source.IsCancellationRequested && !_stop.IsCancellationRequested;

    /// <summary>Begins the next step.</summary>
    internal void Renew()
    {
        TimeSpan left = _request.Limit - Elapsed;
        TimeSpan wait = left < _request.Timeout ? left : _request.Timeout;
        _isLast = left < _request.Timeout && _request.Limit > _request.Timeout;
        _source.CancelAfter(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    /// <param name="what">What was waited for: "no answer".</param>
    internal ProbeOutcome Silent(string what)
    {
        TimeSpan waited = _isLast ? _request.Limit : _request.Timeout;
        string seconds = waited.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return new ProbeOutcome.Silent(_isLast ? $"not answered in full within {seconds} s" : $"{what} within {seconds} s");
    }

    public void Dispose() => _source.Dispose();
}
