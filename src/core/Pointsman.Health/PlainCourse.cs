namespace Pointsman.Health;

/// <summary>
/// One probe is one check: down after retry+1 failures, up after one success. With some checkers keepalived goes on retrying
/// where nothing hangs on it: while they are down, each round has retry+1 attempts, too.
/// </summary>
/// <param name="countsFromStart">keepalived runs scripts by the clock, and all else after a pause.</param>
/// <param name="retriesWhileDown">TCP_CHECK and SMTP_CHECK do; all others are made once for each delay loop then.</param>
internal sealed class PlainCourse(CheckSettings settings, bool countsFromStart = false, bool retriesWhileDown = false) : CheckCourse
{
    private int _failures;
    private bool _hasRun;

    public override bool CountsFromStart => countsFromStart;

    public override CheckStep After(bool success, bool isUp)
    {
        bool isFirst = !_hasRun;
        _hasRun = true;
        if (success)
        {
            _failures = 0;
            return new CheckStep(settings.DelayLoop, isUp ? null : true);
        }

        _failures++;

        // keepalived pre-loads the counter at start: nobody has vouched for the server yet, so one failure is enough.
        if (!isFirst && _failures <= settings.Retry && (isUp || retriesWhileDown))
        {
            return new CheckStep(settings.DelayBeforeRetry);
        }

        int attempts = _failures;
        _failures = 0;
        return new CheckStep(settings.DelayLoop, isUp ? false : null, attempts);
    }
}
