using Pointsman.Base;
using Pointsman.Bench.Measuring;

namespace Pointsman.Bench.Datapath;

/// <summary>How packets are spread over flows: each next packet is one of another flow.</summary>
/// <param name="FlowCount">A power of two.</param>
/// <param name="Repeat">Packets of one measurement.</param>
/// <param name="Aim">The share of what a hash look-up adds to the forwarder that Pointsman may add.</param>
internal sealed record FlowPattern(string Name, IpAddress Service, int FlowCount, int Repeat, Aim? Aim)
{
    internal static IReadOnlyList<FlowPattern> All { get; } =
    [
        new("one flow", PointsmanDirector.OneLegService, 1, 1 << 20, Aim.AtMost(0.75)),
        new("16K flows, scattered", PointsmanDirector.OneLegService, 1 << 14, 1 << 19, Aim.AtMost(1)),
        new("256K flows, scattered", PointsmanDirector.OneLegService, 1 << 18, 1 << 19, Aim.AtMost(1)),
        new("one flow, this node a server too", PointsmanDirector.LocalService, 1, 1 << 20, Aim: null),
    ];
}
