namespace Pointsman.Dataplane.Tables;

/// <summary>
/// Gives out extents of the ring. It goes round: an extent that was just given up is taken again last, because a packet
/// may still be reading it.
/// </summary>
internal sealed class RingSpace(int capacity)
{
    private int _next;

    /// <param name="used">Extents that must be left alone.</param>
    /// <returns>Where the extent begins; null when there is no room.</returns>
    internal int? Allocate(int length, IEnumerable<(int At, int Length)> used)
    {
        if (length == 0)
        {
            return 0;
        }

        List<(int At, int Length)> taken = [.. used.Where(extent => extent.Length > 0).OrderBy(extent => extent.At)];
        int? found = FirstFit(_next, length, taken) ?? FirstFit(0, length, taken);
        _next = (found + length) ?? _next;
        return found;
    }

    private int? FirstFit(int from, int length, List<(int At, int Length)> taken)
    {
        int at = from;
        foreach ((int start, int size) in taken)
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

        return at + length <= capacity ? at : null;
    }
}
