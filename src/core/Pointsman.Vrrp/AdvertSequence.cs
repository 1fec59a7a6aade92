namespace Pointsman.Vrrp;

/// <summary>
/// The sequence numbers of authenticated adverts (RFC 2402 §2.5). As in keepalived, all directors of a virtual router count
/// on from the highest number anybody used, so that a successor is believed where its predecessor was.
/// </summary>
internal sealed class AdvertSequence
{
    private uint _used;
    private uint _heard;

    /// <summary>The number the next advert bears.</summary>
    public uint Next() => ++_used;

    /// <summary>
    /// Our own numbers begin above this one. A clock's seconds let a restarted node go on above its former self; what
    /// others count is not touched by it.
    /// </summary>
    public void SkipTo(uint used) => _used = Math.Max(_used, used);

    /// <summary>Whether a number has not been heard before; only for a packet whose digest fits.</summary>
    public bool TryAccept(uint number)
    {
        if (number <= _heard)
        {
            return false;
        }

        _heard = number;
        _used = Math.Max(_used, number);
        return true;
    }
}
