namespace Pointsman.Dataplane.Tables;

/// <summary>
/// Gives out extents of the ring. It goes round: an extent that was just given up is taken again last, because a packet
/// may still be reading it.
/// </summary>
/// <param name="begin">The first place it may give out.</param>
/// <param name="end">The first it may not.</param>
internal sealed class RingSpace(int begin, int end)
{
    /// <summary>By place.</summary>
    private readonly List<(int At, int Length)> _taken = [];
    private readonly int _begin = begin;
    private int _next = begin;

    /// <param name="used">Extents that must be left alone, wherever they lie.</param>
    internal void Begin(IEnumerable<(int At, int Length)> used)
    {
        _taken.Clear();
        _taken.AddRange(used.Where(extent => extent.Length > 0));
        _taken.Sort();
    }

    /// <param name="givenUp">What the taker had until now; others may have it from here on.</param>
    /// <returns>Where the extent begins; null when there is no room.</returns>
    internal int? Allocate(int length, (int At, int Length)? givenUp)
    {
        if (length == 0)
        {
            return 0;
        }

        int? found = FirstFit(_next, length) ?? FirstFit(_begin, length);
        if (found is { } at)
        {
            _next = at + length;
            if (givenUp is { Length: > 0 } former)
            {
                _taken.Remove(former);
            }

            int place = _taken.BinarySearch((at, length));
            _taken.Insert(place < 0 ? ~place : place, (at, length));
        }

        return found;
    }

    private int? FirstFit(int from, int length)
    {
        int at = from;
        foreach ((int start, int size) in _taken)
        {
            if (start + size <= at)
            {
                continue;
            }

            if (start - at >= length)
            {
                break;
            }

            at = Math.Max(at, start + size);
        }

        return at + length <= end ? at : null;
    }
}
