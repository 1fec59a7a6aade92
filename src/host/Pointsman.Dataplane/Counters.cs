namespace Pointsman.Dataplane;

/// <summary>What went to a server. With direct routing its answers are not seen.</summary>
/// <param name="BytesIn">From the IP header on, as IPVS counts.</param>
public readonly record struct Counters(long Connections, long PacketsIn, long BytesIn)
{
    public static Counters operator +(Counters left, Counters right) => new(
        left.Connections + right.Connections, left.PacketsIn + right.PacketsIn, left.BytesIn + right.BytesIn);
}
