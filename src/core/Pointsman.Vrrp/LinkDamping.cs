using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>Holds back changes of links until they have lasted.</summary>
internal sealed class LinkDamping(ImmutableArray<VrrpLinkDelay> delays)
{
    private readonly bool[] _countsAsUp = [.. delays.Select(_ => true)];
    private readonly bool[] _isKnown = new bool[delays.Length];
    private readonly ImmutableArray<VrrpLinkDelay> _delays = delays;
    private readonly Instant?[] _changeAt = new Instant?[delays.Length];

    public Instant? Deadline
    {
        get
        {
            Instant? earliest = null;
            foreach (Instant? change in _changeAt)
            {
                earliest = Instant.Earlier(earliest, change);
            }

            return earliest;
        }
    }

    /// <summary>How links stood goes on; a change that waits does so until the time it had.</summary>
    public void Continue(LinkDamping former)
    {
        for (int i = 0; i < former._changeAt.Length; i++)
        {
            int index = IndexOf(former._delays[i].Interface);
            if (index >= 0)
            {
                _countsAsUp[index] = former._countsAsUp[i];
                _changeAt[index] = former._changeAt[i];
                _isKnown[index] = true;
            }
        }
    }

    /// <summary>How the link stood was known before these settings.</summary>
    public bool Knows(string interfaceName) => IndexOf(interfaceName) is >= 0 and int index && _isKnown[index];

    /// <summary>Whether a change counts at once; otherwise it counts when it has lasted, by <see cref="TryTake"/>.</summary>
    /// <param name="isFirst">The machine has not started: what is told now is how things stand.</param>
    public bool CountsAtOnce(Instant now, string interfaceName, bool isUp, bool isFirst)
    {
        int index = IndexOf(interfaceName);
        if (index < 0)
        {
            return true;
        }

        TimeSpan delay = isUp ? _delays[index].Up : _delays[index].Down;
        if (isFirst || delay == TimeSpan.Zero)
        {
            _countsAsUp[index] = isUp;
            _changeAt[index] = null;
            return true;
        }

        if (isUp == _countsAsUp[index])
        {
            _changeAt[index] = null;
            return false;
        }

        _changeAt[index] ??= now + delay;
        return false;
    }

    /// <summary>A change that has lasted by now.</summary>
    public bool TryTake(Instant now, out string interfaceName, out bool isUp)
    {
        for (int i = 0; i < _changeAt.Length; i++)
        {
            if (_changeAt[i] <= now)
            {
                _changeAt[i] = null;
                _countsAsUp[i] = !_countsAsUp[i];
                interfaceName = _delays[i].Interface;
                isUp = _countsAsUp[i];
                return true;
            }
        }

        interfaceName = "";
        isUp = false;
        return false;
    }

    private int IndexOf(string interfaceName)
    {
        for (int i = 0; i < _delays.Length; i++)
        {
            if (_delays[i].Interface == interfaceName)
            {
                return i;
            }
        }

        return -1;
    }
}
