namespace Pointsman.Vrrp;

/// <summary>How often a master speaks, and what follows from it by the rules of its protocol version.</summary>
/// <param name="Version">2 or 3.</param>
/// <param name="Interval">From one advert to the next.</param>
/// <param name="DownAdverts">So many adverts must be missing; keepalived's <c>down_timer_adverts</c>, 3 in the RFCs.</param>
public readonly record struct AdvertPace(byte Version, TimeSpan Interval, int DownAdverts = AdvertPace.RfcDownAdverts)
{
    public const int RfcDownAdverts = 3;
}
