using Pointsman.Base;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>How often one thing was put back of late: who takes it away again and again is fought once a second only.</summary>
internal sealed class Quarrel
{
    // A network manager that sets up its interfaces anew takes a thing away a few times, not more.
    private const int RestoredAtOnce = 10;

    private static readonly TimeSpan Episode = TimeSpan.FromSeconds(10);

    private Instant _since;
    private int _count;
    private Instant? _toldAt;

    /// <summary>How long a thing that could not be put back, or not at once, is left alone.</summary>
    internal static TimeSpan Pause { get; } = TimeSpan.FromSeconds(1);

    internal long Restored { get; private set; }

    /// <summary>Not before then.</summary>
    internal Instant? Until { get; private set; }

    /// <summary>It was said that it goes on.</summary>
    internal bool IsQuiet { get; private set; }

    internal bool IsPut(Instant now) => now < Until;

    /// <returns>True when this is the one too many.</returns>
    internal bool Count(Instant now)
    {
        Restored++;
        if (_count == 0 || now - _since > Episode)
        {
            (_since, _count) = (now, 0);
        }

        _count++;
        bool isTooMany = _count >= RestoredAtOnce;
        Until = isTooMany ? now + Pause : null;
        IsQuiet = isTooMany && _toldAt is not null && now - _toldAt < 6 * Episode;
        if (isTooMany && !IsQuiet)
        {
            _toldAt = now;
            return true;
        }

        return false;
    }
}
