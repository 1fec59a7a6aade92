using Pointsman.Bench.Measuring;

namespace Pointsman.Bench.Outage;

/// <summary>A client's outages in milliseconds, by what happened to the master.</summary>
internal sealed class Changeovers
{
    internal Samples Stopped { get; } = new();

    internal Samples Killed { get; } = new();

    internal Samples Returned { get; } = new();
}
