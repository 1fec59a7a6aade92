namespace Pointsman.Dataplane;

/// <summary>What went to a server, and what came back where that is seen: not with direct routing.</summary>
/// <param name="BytesIn">From the IP header on, as IPVS counts.</param>
public readonly record struct Counters(long Connections, long PacketsIn, long BytesIn, long PacketsOut = 0, long BytesOut = 0)
{
    /// <summary>Each of them by itself.</summary>
    public Counters Select(Counters other, Func<long, long, long> choose) => new(
        choose(Connections, other.Connections),
        choose(PacketsIn, other.PacketsIn),
        choose(BytesIn, other.BytesIn),
        choose(PacketsOut, other.PacketsOut),
        choose(BytesOut, other.BytesOut));

    public static Counters operator +(Counters left, Counters right) => new(
        left.Connections + right.Connections,
        left.PacketsIn + right.PacketsIn,
        left.BytesIn + right.BytesIn,
        left.PacketsOut + right.PacketsOut,
        left.BytesOut + right.BytesOut);
}
