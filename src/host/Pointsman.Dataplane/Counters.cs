namespace Pointsman.Dataplane;

/// <summary>What went to a server, and what came back where that is seen: not with direct routing.</summary>
/// <param name="BytesIn">From the IP header on, as IPVS counts.</param>
public readonly record struct Counters(long Connections, long PacketsIn, long BytesIn, long PacketsOut = 0, long BytesOut = 0)
{
    public static Counters operator +(Counters left, Counters right) => new(
        left.Connections + right.Connections,
        left.PacketsIn + right.PacketsIn,
        left.BytesIn + right.BytesIn,
        left.PacketsOut + right.PacketsOut,
        left.BytesOut + right.BytesOut);
}
