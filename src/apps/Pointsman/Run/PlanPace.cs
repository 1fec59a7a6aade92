using Pointsman.Base;

namespace Pointsman.App.Run;

/// <summary>
/// When the newest plan is carried out. When much happens at once, one plan for all of it is enough; but nothing waits for it
/// longer than a moment, unless plans take so long that they would leave the engine no time for checks and orders.
/// </summary>
internal sealed class PlanPace
{
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    /// <summary>A plan is followed by as much time without one as it took, up to this.</summary>
    internal static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);

    private Instant? _wantedBy;
    private Instant? _restsUntil;

    /// <summary>When <see cref="IsDue"/> is to be asked at the latest; null: no plan waits.</summary>
    internal Instant? Deadline => _wantedBy < _restsUntil ? _restsUntil : _wantedBy;

    internal void Ask(Instant now) => _wantedBy ??= now + Patience;

    /// <param name="isQuiet">Nothing else waits to be handled: what has changed can be planned for.</param>
    internal bool IsDue(Instant now, bool isQuiet) => _wantedBy is { } by && !(now < _restsUntil) && (isQuiet || by <= now);

    internal void Done(Instant begun, Instant ended)
    {
        _wantedBy = null;
        TimeSpan took = ended - begun;
        _restsUntil = ended + (took < LongestRest ? took : LongestRest);
    }
}
