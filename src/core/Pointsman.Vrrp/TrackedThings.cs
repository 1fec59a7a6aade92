using System.Collections.Immutable;

namespace Pointsman.Vrrp;

/// <summary>Things of one kind that an instance tracks, and how they stand: up, down, or not known yet.</summary>
internal sealed class TrackedThings
{
    private readonly ImmutableArray<VrrpTrack> _tracks;
    private readonly bool?[] _isUp;

    /// <param name="initial">How they stand until told; null: unknown.</param>
    public TrackedThings(ImmutableArray<VrrpTrack> tracks, bool? initial)
    {
        _tracks = tracks;
        _isUp = new bool?[tracks.Length];
        Array.Fill(_isUp, initial);
    }

    /// <summary>What is unknown counts as up.</summary>
    public bool UnknownIsUp { get; set; }

    /// <summary>The thing of weight 0 whose first result is awaited, or null.</summary>
    public string? Awaited
    {
        get
        {
            for (int i = 0; i < _isUp.Length; i++)
            {
                if (_tracks[i].Weight == 0 && _isUp[i] is null && !UnknownIsUp)
                {
                    return _tracks[i].Name;
                }
            }

            return null;
        }
    }

    /// <summary>What they add to the priority, in sum.</summary>
    public int Weight
    {
        get
        {
            int sum = 0;
            for (int i = 0; i < _isUp.Length; i++)
            {
                bool? isUp = _isUp[i] ?? (UnknownIsUp ? true : null);
                bool counts = _tracks[i].Weight > 0 ? isUp == true : isUp == false;
                sum += counts ? _tracks[i].SignedWeight : 0;
            }

            return sum;
        }
    }

    /// <summary>The first whose state is a fault, or null; each is looked at anew, so none hides another.</summary>
    public string? Fault
    {
        get
        {
            for (int i = 0; i < _isUp.Length; i++)
            {
                if (_tracks[i].Weight == 0 && _isUp[i] is { } isUp && isUp == _tracks[i].Reverse)
                {
                    return _tracks[i].Name;
                }
            }

            return null;
        }
    }

    /// <summary>What was known of the things that are tracked as before goes on.</summary>
    public void Continue(TrackedThings former)
    {
        UnknownIsUp = former.UnknownIsUp;
        for (int i = 0; i < former._isUp.Length; i++)
        {
            if (former._isUp[i] is { } isUp)
            {
                Set(former._tracks[i].Name, isUp);
            }
        }
    }

    public void Set(string name, bool isUp)
    {
        for (int i = 0; i < _isUp.Length; i++)
        {
            if (_tracks[i].Name == name)
            {
                _isUp[i] = isUp;
            }
        }
    }
}
