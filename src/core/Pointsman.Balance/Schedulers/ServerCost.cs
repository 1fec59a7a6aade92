using System.Diagnostics;

namespace Pointsman.Balance.Schedulers;

/// <summary>What lc, wlc, sed, nq, lblc and lblcr compare: a server's cost, divided by its weight.</summary>
public static class ServerCost
{
    /// <summary>Whether the scheduler looks for the least of all servers.</summary>
    public static bool IsComparedBy(SchedulerKind kind) => kind is SchedulerKind.Lc or SchedulerKind.Wlc or SchedulerKind.Sed
        or SchedulerKind.Nq or SchedulerKind.Lblc or SchedulerKind.Lblcr;

    /// <summary>Whether one is better than another; equals are not, and the first in IPVS's list then stays.</summary>
    public static bool IsLess(SchedulerKind kind, in ServerLoad load, int weight, in ServerLoad otherLoad, int otherWeight)
    {
        // Multiplied crosswise: a division would lose what decides between near equals.
        long most = long.MaxValue / (Math.Max(weight, otherWeight) + 1L);
        (long cost, long other) = (Of(kind, load), Of(kind, otherLoad));
        if (kind == SchedulerKind.Lc)
        {
            return cost < other;
        }

        return cost < most && other < most ? cost * otherWeight < other * weight : (Int128)cost * otherWeight < (Int128)other * weight;
    }

    private static long Of(SchedulerKind kind, in ServerLoad load) => kind switch
    {
        SchedulerKind.Lc or SchedulerKind.Wlc or SchedulerKind.Lblc or SchedulerKind.Lblcr => load.Overhead,
        SchedulerKind.Sed => (long)load.Active + 1,

        // One that is idle is taken, whatever the weights: the first of them.
        SchedulerKind.Nq => load.Active == 0 ? 0 : (long)load.Active + 1,
        SchedulerKind.Rr or SchedulerKind.Wrr or SchedulerKind.Fo or SchedulerKind.Ovf or SchedulerKind.Sh or SchedulerKind.Dh
            or SchedulerKind.Mh or SchedulerKind.Twos => throw new UnreachableException("this scheduler does not compare"),
        _ => throw new UnreachableException(),
    };
}
