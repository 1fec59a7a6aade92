using Pointsman.Base;
using Pointsman.Bench.Kernel;

namespace Pointsman.Bench.Forward;

/// <summary>A way through a director: packets for <paramref name="Service"/> go in by this cable.</summary>
internal sealed record Way(string Director, Cable Entry, IpAddress Service)
{
    internal Traffic Traffic(int flowCount, bool opens) =>
        new(Entry.Far, Entry.Near, Service, PointsmanDirector.Port, flowCount, opens);
}
