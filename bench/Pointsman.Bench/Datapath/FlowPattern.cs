namespace Pointsman.Bench.Datapath;

/// <summary>How packets are spread over flows: each next packet is one of the next flow.</summary>
/// <param name="FlowCount">A power of two.</param>
/// <param name="Repeat">Packets of one measurement.</param>
/// <param name="LookupShare">Pointsman may add this share of what a hash look-up adds to the forwarder.</param>
internal sealed record FlowPattern(string Name, int FlowCount, int Repeat, double LookupShare)
{
    internal static IReadOnlyList<FlowPattern> All { get; } =
    [
        new("one flow", 1, 1 << 20, 0.8),
        new("16K flows, scattered", 1 << 14, 1 << 19, 1),
        new("256K flows, scattered", 1 << 18, 1 << 19, 1),
    ];
}
