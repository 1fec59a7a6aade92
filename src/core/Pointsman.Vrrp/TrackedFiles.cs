using System.Collections.Immutable;

namespace Pointsman.Vrrp;

/// <summary>
/// Files with a number that counts, times a weight. As with keepalived a product of -254 or less is a fault, and then
/// nothing is added; with weight 0 any number but 0 is a fault.
/// </summary>
internal sealed class TrackedFiles(ImmutableArray<VrrpTrack> tracks)
{
    private const int FaultAt = -254;
    private const int Most = 253;

    private readonly ImmutableArray<VrrpTrack> _tracks = tracks;
    private readonly int[] _numbers = new int[tracks.Length];

    public int Weight
    {
        get
        {
            int sum = 0;
            for (int i = 0; i < _numbers.Length; i++)
            {
                int effect = Effect(i);
                sum += effect == FaultAt ? 0 : effect;
            }

            return sum;
        }
    }

    /// <summary>The first whose number is a fault, or null.</summary>
    public string? Fault
    {
        get
        {
            for (int i = 0; i < _numbers.Length; i++)
            {
                if (Effect(i) == FaultAt)
                {
                    return _tracks[i].Name;
                }
            }

            return null;
        }
    }

    /// <summary>What was read goes on where the file is tracked as before.</summary>
    public void Continue(TrackedFiles former)
    {
        for (int i = 0; i < former._numbers.Length; i++)
        {
            Set(former._tracks[i].Name, former._numbers[i]);
        }
    }

    public void Set(string name, int number)
    {
        for (int i = 0; i < _numbers.Length; i++)
        {
            if (_tracks[i].Name == name)
            {
                _numbers[i] = number;
            }
        }
    }

    private int Effect(int index)
    {
        VrrpTrack track = _tracks[index];
        if (track.Weight == 0)
        {
            return (_numbers[index] != 0) == track.Reverse ? 0 : FaultAt;
        }

        return (int)Math.Clamp((long)_numbers[index] * track.SignedWeight, FaultAt, Most);
    }
}
