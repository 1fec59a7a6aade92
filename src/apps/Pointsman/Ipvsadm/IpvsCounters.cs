namespace Pointsman.App.Ipvsadm;

/// <summary>What has passed, or what passes in a second. "Out" is seen with NAT only; bytes are layer 3.</summary>
internal readonly record struct IpvsCounters(
    ulong Connections,
    ulong PacketsIn,
    ulong PacketsOut,
    ulong BytesIn,
    ulong BytesOut)
{
    /// <summary>What passed between two readings, for one second, rounded up as IPVS rounds.</summary>
    internal static IpvsCounters PerSecond(IpvsCounters before, IpvsCounters after, TimeSpan elapsed) => new(
        Rate(before.Connections, after.Connections, elapsed),
        Rate(before.PacketsIn, after.PacketsIn, elapsed),
        Rate(before.PacketsOut, after.PacketsOut, elapsed),
        Rate(before.BytesIn, after.BytesIn, elapsed),
        Rate(before.BytesOut, after.BytesOut, elapsed));

    // A reload may have begun the count anew in between: then nothing is known of this second.
    private static ulong Rate(ulong before, ulong after, TimeSpan elapsed) =>
        after <= before ? 0 : (ulong)Math.Ceiling((after - before) / elapsed.TotalSeconds);
}
