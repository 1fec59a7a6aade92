namespace Pointsman.Vrrp;

/// <summary>The formulas of the protocol's times, each once.</summary>
public static class VrrpTimers
{
    // For the network and for scheduling.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a stopping master keeps serving unless it hears its successor. No skew time is longer than the base it is
    /// a part of, so whoever heard the farewell has spoken by then - unless it was scheduled late, which a short interval
    /// does not make shorter: version 2's time is the least.
    /// </summary>
    public static TimeSpan Farewell(AdvertPace pace) => TimeSpan.FromTicks(Math.Max(SkewBase(pace).Ticks, OneSecond.Ticks)) + Margin;

    /// <summary>
    /// RFC 3768 §6.1: Skew_Time = (256 - Priority) / 256 seconds; RFC 9568 §6.1: the same part of Active_Adver_Interval.
    /// </summary>
    public static TimeSpan Skew(AdvertPace pace, byte priority) => SkewBase(pace) * (256 - priority) / 256;

    /// <summary>
    /// RFC 3768 §6.1: Master_Down_Interval = 3 * Advertisement_Interval + Skew_Time; RFC 9568 §6.1: the same of
    /// Active_Adver_Interval.
    /// </summary>
    public static TimeSpan MasterDown(AdvertPace pace, byte priority) => (pace.DownAdverts * pace.Interval) + Skew(pace, priority);

    /// <summary>
    /// How long one advert gives its sender the addresses: shorter than any other node's master-down time, so a master
    /// silent for this long has lost them before another takes them. Where one missing advert is enough, the next one may
    /// be half an interval late.
    /// </summary>
    public static TimeSpan Lease(AdvertPace pace) =>
        Math.Clamp(pace.DownAdverts, 1.5, AdvertPace.RfcDownAdverts) * pace.Interval;

    /// <summary>
    /// How long a backup that overslept listens before it may take over: a living master speaks within one interval.
    /// </summary>
    public static TimeSpan ListenAfterSleep(AdvertPace pace, byte priority) => pace.Interval + Skew(pace, priority);

    /// <summary>How late a backup's takeover may be handled and still rest on what was heard before it.</summary>
    public static TimeSpan OversleptBy(AdvertPace pace) => pace.Interval / 2;

    /// <summary>
    /// How long masters go on speaking while who decides for them is held up: nobody listens meanwhile, and two masters may
    /// not hear each other for as long.
    /// </summary>
    public static TimeSpan SpeechWhileHeldUp => OneSecond;

    /// <summary>How late an advert may be before it counts as overdue: nobody notices, with three of them in a master-down time.</summary>
    public static TimeSpan LateAfter(AdvertPace pace) => pace.Interval / 4;

    private static TimeSpan SkewBase(AdvertPace pace) => pace.Version == 2 ? OneSecond : pace.Interval;
}
