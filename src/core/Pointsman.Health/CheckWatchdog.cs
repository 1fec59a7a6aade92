using System.Globalization;
using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>
/// Notices checks that this node makes too late: a processor or a thread pool without time, too many checks at once. That
/// says nothing of the servers, but how old the word on them is.
/// </summary>
internal sealed class CheckWatchdog
{
    /// <summary>A check is late by so much before it is worth a word.</summary>
    internal static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>One line in this time tells of all.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private int _untold;
    private TimeSpan _worstUntold;
    private Instant? _silentUntil;

    internal OverdueChecks Seen { get; private set; } = new(0, 0, 0, TimeSpan.Zero);

    /// <param name="late">After the moment it was due.</param>
    /// <param name="isLost">The probe before it never came back.</param>
    internal void Started(Instant now, TimeSpan late, bool isLost, List<HealthAction> actions)
    {
        if (isLost)
        {
            Seen = Seen with { Lost = Seen.Lost + 1 };
            Note(now, CheckMachine.LostProbeGrace, actions);
        }
        else if (late > Tolerance)
        {
            Note(now, late, actions);
        }
    }

    /// <param name="late">After the longest that the probe itself may take.</param>
    internal void Ended(Instant now, TimeSpan late, List<HealthAction> actions)
    {
        Seen = Seen with { Finished = Seen.Finished + 1 };
        if (late > Tolerance)
        {
            Note(now, late, actions);
        }
    }

    private void Note(Instant now, TimeSpan late, List<HealthAction> actions)
    {
        Seen = Seen with { Count = Seen.Count + 1, Worst = late > Seen.Worst ? late : Seen.Worst };
        _untold++;
        _worstUntold = late > _worstUntold ? late : _worstUntold;
        if (now < _silentUntil)
        {
            return;
        }

        actions.Add(new HealthAction.Overdue(string.Create(
            CultureInfo.InvariantCulture,
            $"{_untold} {(_untold == 1 ? "check was" : "checks were")} overdue by up to {_worstUntold.TotalSeconds:0.0} s: this node has no time for them")));
        _silentUntil = now + Silence;
        _untold = 0;
        _worstUntold = TimeSpan.Zero;
    }
}
