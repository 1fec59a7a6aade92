using Pointsman.Base;
using Pointsman.Linux;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>A route, a rule or a static address that the role keeps set: what it is called, and how it is set and removed.</summary>
/// <param name="text">As <c>ip</c> would be told of it.</param>
/// <param name="add">False: it is there already.</param>
/// <param name="remove">False: it is not there.</param>
internal sealed class KeptItem(string text, bool isUntracked, string? group, Func<bool> add, Func<bool> remove)
{
    private readonly Quarrel _quarrel = new();
    private string? _obstacle;

    internal string Text => text;

    internal string? Group => group;

    /// <summary>The kernel has it, as far as is known.</summary>
    internal bool IsSet { get; private set; }

    /// <summary>Sees to it that it is set.</summary>
    /// <param name="owner">What a note about it begins with.</param>
    /// <returns>When it is to be looked at again; null: not before something happens.</returns>
    internal Instant? Ensure(Instant now, string owner, EventOutbox outbox)
    {
        if (IsSet && isUntracked)
        {
            return null;
        }

        if (_quarrel.IsPut(now))
        {
            IsSet = false;
            return _quarrel.Until;
        }

        try
        {
            if (add() && IsSet)
            {
                string often = _quarrel.Count(now) ? " again and again: from now on restored once a second" : ", restored";
                if (!_quarrel.IsQuiet)
                {
                    outbox.Note(isWarning: true, $"{owner}{text} was removed by another program{often}");
                }
            }

            IsSet = true;
            _obstacle = null;
            return null;
        }
        catch (ErrnoException refused)
        {
            IsSet = false;
            if (_obstacle != refused.Message)
            {
                _obstacle = refused.Message;
                outbox.Note(isWarning: true, $"{owner}{text} cannot be set, and is tried again: {refused.Message}");
            }

            return now + Quarrel.Pause;
        }
    }

    /// <returns>False: it was not there.</returns>
    internal bool Remove(string owner, EventOutbox outbox)
    {
        IsSet = false;
        try
        {
            return remove();
        }
        catch (ErrnoException refused)
        {
            outbox.Note(isWarning: true, $"{owner}{text} cannot be removed: {refused.Message}");
            return false;
        }
    }
}
