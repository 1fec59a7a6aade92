using Pointsman.Base;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Whether the control process still lives, by its beats: one that hangs keeps its end of the pipe open. Silence is counted in looks,
/// not by the clock: where this process stood still as well (the machine slept, or everything was frozen), it is one look more.
/// </summary>
internal sealed class ParentWatch
{
    /// <summary>In one patience.</summary>
    private const int Looks = 6;

    private int _silentLooks;
    private bool _hasBeaten;

    /// <summary>When to look; null before the first beat: a parent that sends none is not waited for.</summary>
    internal Instant? Deadline { get; private set; }

    /// <summary>It has said nothing for its patience.</summary>
    internal bool IsSilent => _silentLooks >= Looks;

    internal void OnBeat(Instant now, TimeSpan patience)
    {
        _hasBeaten = true;
        _silentLooks = 0;
        Deadline ??= now + (patience / Looks);
    }

    internal void Look(Instant now, TimeSpan patience)
    {
        _silentLooks = _hasBeaten ? 0 : _silentLooks + 1;
        _hasBeaten = false;
        Deadline = now + (patience / Looks);
    }

    /// <summary>It is gone: there is nobody to look for.</summary>
    internal void End()
    {
        _silentLooks = 0;
        Deadline = null;
    }
}
