namespace Pointsman.Base;

/// <summary>A moment on a monotonic clock, in nanoseconds from an origin nobody may rely on.</summary>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    public static Instant Zero { get; }

    public static Instant FromSeconds(double seconds) => new((long)(seconds * 1e9));

    public static Instant operator +(Instant instant, TimeSpan span) => new(instant.Nanoseconds + (span.Ticks * 100));

    public static Instant operator -(Instant instant, TimeSpan span) => new(instant.Nanoseconds - (span.Ticks * 100));

    public static TimeSpan operator -(Instant later, Instant earlier) =>
        TimeSpan.FromTicks((later.Nanoseconds - earlier.Nanoseconds) / 100);

    public static bool operator <(Instant left, Instant right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(Instant left, Instant right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(Instant left, Instant right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(Instant left, Instant right) => left.Nanoseconds >= right.Nanoseconds;

    public static Instant Earlier(Instant left, Instant right) => left < right ? left : right;

    /// <summary>The earlier of two deadlines, where none means never.</summary>
    public static Instant? Earlier(Instant? left, Instant? right) =>
        left is null ? right : right is null ? left : Earlier(left.Value, right.Value);

    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public override string ToString() =>
        (Nanoseconds / 1e9).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture);
}
