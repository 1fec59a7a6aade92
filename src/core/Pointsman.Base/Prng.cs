namespace Pointsman.Base;

/// <summary>A seeded generator (SplitMix64): the same seed gives the same numbers on every machine.</summary>
public sealed class Prng(ulong seed)
{
    private ulong _state = seed;

    public ulong NextUInt64()
    {
        _state += 0x9e3779b97f4a7c15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 up to, not including, <paramref name="bound"/>.</summary>
    public int NextInt(int bound)
    {
        Invariant.That(bound > 0, "bound > 0");
        return (int)(NextUInt64() % (ulong)bound);
    }

    /// <summary>A span from zero up to, not including, <paramref name="bound"/>.</summary>
    public TimeSpan NextSpan(TimeSpan bound) =>
        bound <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromTicks((long)(NextUInt64() % (ulong)bound.Ticks));

    /// <summary>True once in <paramref name="denominator"/> times, on average.</summary>
    public bool OneIn(int denominator) => NextInt(denominator) == 0;
}
