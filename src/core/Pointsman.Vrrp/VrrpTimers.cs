namespace Pointsman.Vrrp;

/// <summary>The formulas of the protocol's times, each once.</summary>
public static class VrrpTimers
{
    /// <summary>
    /// How long a stopping master keeps serving unless it hears its successor. No skew time reaches one second, so
    /// whoever heard the farewell has spoken by then; the tenth is for the network and for scheduling.
    /// </summary>
    public static TimeSpan FarewellTime { get; } = TimeSpan.FromMilliseconds(1100);

    /// <summary>RFC 3768 §6.1: Skew_Time = (256 - Priority) / 256 seconds.</summary>
    public static TimeSpan Skew(byte priority) => TimeSpan.FromSeconds(1) * (256 - priority) / 256;

    /// <summary>RFC 3768 §6.1: Master_Down_Interval = 3 * Advertisement_Interval + Skew_Time.</summary>
    public static TimeSpan MasterDown(TimeSpan advertInterval, byte priority) => (3 * advertInterval) + Skew(priority);

    /// <summary>
    /// How long one advert gives its sender the addresses: shorter than any other node's master-down time, so a master
    /// silent for this long has lost them before another takes them.
    /// </summary>
    public static TimeSpan Lease(TimeSpan advertInterval) => 3 * advertInterval;

    /// <summary>
    /// How long a backup that overslept listens before it may take over: a living master speaks within one interval.
    /// </summary>
    public static TimeSpan ListenAfterSleep(TimeSpan advertInterval, byte priority) => advertInterval + Skew(priority);

    /// <summary>How late a backup's takeover may be handled and still rest on what was heard before it.</summary>
    public static TimeSpan OversleptBy(TimeSpan advertInterval) => advertInterval / 2;
}
