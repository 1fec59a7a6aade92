namespace Pointsman.Vrrp;

/// <summary>
/// The sequence numbers of authenticated adverts (RFC 2402 §2.5). As in keepalived, all directors of a virtual router count
/// on from the highest number anybody used, so that a successor is believed where its predecessor was.
/// </summary>
internal sealed class AdvertSequence
{
    private uint _highest;

    /// <summary>The number the next advert bears.</summary>
    public uint Next() => ++_highest;

    /// <summary>Numbers up to this one are used up. A clock's seconds let a restarted node go on above its former self.</summary>
    public void SkipTo(uint used) => _highest = Math.Max(_highest, used);

    /// <summary>Whether a number has not been used before; only for a packet whose digest fits.</summary>
    public bool TryAccept(uint heard)
    {
        if (heard <= _highest)
        {
            return false;
        }

        _highest = heard;
        return true;
    }
}
