namespace Pointsman.Health;

/// <summary>
/// <c>HTTP_GET</c> and <c>SSL_GET</c>: one page for each delay loop, as keepalived asks for them. A page that fails is
/// asked for again until it is well; then a whole round of all pages must succeed before the check is up, so that even
/// with one page it takes two successes, a delay loop apart.
/// </summary>
internal sealed class PageCourse : CheckCourse
{
    private readonly CheckSettings _settings;
    private readonly int _pageCount;
    private readonly bool _isFast;
    private int _step;
    private int _failures;
    private bool _hasRun;
    private bool _hasFailedPage;

    /// <param name="fastRecovery">Asks for the next page at once while no failure is known and the check is not up yet.</param>
    public PageCourse(CheckSettings settings, int pageCount, bool fastRecovery)
    {
        _settings = settings;
        _pageCount = pageCount;
        _isFast = fastRecovery;

        // The counter starts full, so that a server nobody has vouched for falls at its first failure; with alpha it is
        // down already.
        _failures = settings.StartsUp ? settings.Retry : 0;
    }

    public override int Step => _step;

    public override CheckStep After(bool success, bool isUp) => success ? AfterSuccess(isUp) : AfterFailure(isUp);

    private CheckStep AfterSuccess(bool isUp)
    {
        bool? verdict = null;
        _failures = 0;
        _step++;
        if (_hasFailedPage)
        {
            _hasFailedPage = false;
            _step = 0;
        }
        else if (_step == _pageCount)
        {
            _step = 0;
            _hasRun = true;
            verdict = isUp ? null : true;
        }

        if (!_hasRun)
        {
            _failures = _settings.Retry;
        }

        bool isAwaited = !_hasRun || !(isUp || verdict == true);
        return new CheckStep(_isFast && isAwaited ? TimeSpan.Zero : _settings.DelayLoop, verdict);
    }

    private CheckStep AfterFailure(bool isUp)
    {
        bool isFirst = !_hasRun;
        _hasRun = true;
        if (!isUp && !isFirst)
        {
            return new CheckStep(Pause);
        }

        _failures++;
        if (_failures <= _settings.Retry)
        {
            return new CheckStep(Pause);
        }

        _hasFailedPage = true;
        return new CheckStep(Pause, isUp ? false : null, isFirst ? 1 : _failures);
    }

    private TimeSpan Pause => _hasFailedPage && _settings.DelayLoop > _settings.DelayBeforeRetry
        ? _settings.DelayLoop
        : _settings.DelayBeforeRetry;
}
