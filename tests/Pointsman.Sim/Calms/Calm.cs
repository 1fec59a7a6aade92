using Pointsman.Base;
using Pointsman.Sim.World;

namespace Pointsman.Sim.Calms;

// A stretch of time in which nothing goes wrong and no client asks. Directors go on speaking, checking and asking by ARP, all
// of it at fixed times, so the site soon comes round: the state it is in is one it was in before. From there on it repeats
// itself, and whole rounds are leapt over. That is no guess: states are compared in full, each time (see WorldState).

/// <summary>Lets a site be for hours, days or weeks.</summary>
internal sealed class Calm(Cluster cluster)
{
    /// <summary>No interval, memory or patience in the nodes is longer: what is longer ago is the same as any time ago.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromSeconds(130);

    // Adverts, checks, scripts and questions by ARP come each a whole number of times in this one, on most sites.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(30);

    private const int MostLooks = 16;

    /// <summary>Whether time may be leapt over; without, everything is played.</summary>
    public bool Leaps { get; init; } = true;

    /// <summary>How often the site had not come round after a long while, and the calm was cut short.</summary>
    public int GivenUp { get; private set; }

    /// <summary>Where the site had come round.</summary>
    public List<CalmLeap> LeapsMade { get; } = [];

    public void Pass(TimeSpan span)
    {
        cluster.BeginCalm();
        Instant end = cluster.Clock.Now + span;
        if (Leaps && span > Horizon + (2 * s_look))
        {
            cluster.Run(Horizon);
            end -= Leap(end);
        }

        cluster.Run(end - cluster.Clock.Now);
        cluster.EndCalm();
    }

    /// <returns>The time leapt over.</returns>
    private TimeSpan Leap(Instant end)
    {
        var identities = new WorldState.Identities();
        var former = new List<(Instant At, long[] State)>();
        while (former.Count < MostLooks && cluster.Clock.Now + s_look <= end)
        {
            long[] state = WorldState.Of(cluster, identities);
            int same = former.FindLastIndex(before => state.AsSpan().SequenceEqual(before.State));
            if (same >= 0)
            {
                TimeSpan round = cluster.Clock.Now - former[same].At;
                TimeSpan leapt = (end - cluster.Clock.Now).Ticks / round.Ticks * round;
                LeapsMade.Add(new CalmLeap(cluster.Clock.Calendar, leapt, round));
                cluster.Clock.Leap(leapt);
                return leapt;
            }

            former.Add((cluster.Clock.Now, state));
            cluster.Run(s_look);
        }

        // It does not come round, or not soon: so much time has not been.
        if (former.Count < MostLooks)
        {
            return TimeSpan.Zero;
        }

        GivenUp++;
        return end - cluster.Clock.Now;
    }
}
