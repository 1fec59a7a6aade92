using Pointsman.Base;
using Pointsman.Sim.Rules;
using Pointsman.Sim.World;

namespace Pointsman.Sim.Calms;

// Months of a site: calm for minutes, hours or days, in whatever state the last trouble left it - one node alone, an operator's order in
// force, two masters that cannot hear each other - then trouble again; now and then somebody repairs everything. Nodes,
// engines and tables live on from one trouble to the next.

/// <summary>What became of a site in a long time.</summary>
internal sealed record SiteLife(ulong Seed, string? BrokenRule, string Failure, string Log)
{
    public TimeSpan Played { get; private init; }

    public TimeSpan Leapt { get; private init; }

    public int Misfortunes { get; private init; }

    public long HostilePackets { get; private init; }

    public int Troubles { get; private init; }

    /// <summary>Stretches of calm that were cut short, for the site did not come round.</summary>
    public int GivenUp { get; private init; }

    public IReadOnlyList<CalmLeap> Leaps { get; private init; } = [];

    /// <param name="troubles">How often something begins to go wrong.</param>
    /// <param name="longestCalm">Stretches are between a thousandth of it and this long, each order of magnitude as often.</param>
    public static SiteLife Play(ulong seed, int troubles, TimeSpan longestCalm, bool leaps = true, bool isLogged = false, Mutant mutant = Mutant.None)
    {
        var random = new Prng(seed ^ 0x517e_11fe);
        SiteSettings site = SiteSettings.Draw(random);
        var cluster = new Cluster(site, random, mutant, isLogged);
        cluster.Log.Write("seed", $"{seed}: {site}");
        var chaos = new Chaos(cluster, random);
        var calm = new Calm(cluster) { Leaps = leaps };
        Instant begin = cluster.Clock.Now;
        string? broken = null;
        string failure = "";
        try
        {
            chaos.Start();
            for (int i = 0; i < troubles; i++)
            {
                chaos.Run(TimeSpan.FromSeconds(2) + random.NextSpan(TimeSpan.FromSeconds(40)));
                if (random.OneIn(4))
                {
                    cluster.Settle();
                }

                chaos.BeginCalm();
                calm.Pass(SomeTime(random, longestCalm));
                chaos.EndCalm();
            }
        }
        catch (RuleBrokenException rule)
        {
            (broken, failure) = (rule.Rule, rule.Message);
        }
        catch (Exception thrown)
        {
            // A node that throws is a finding like any other; its seed must be told.
            (broken, failure) = (thrown.GetType().Name, thrown.Message);
            cluster.Log.Write("threw", thrown.ToString());
        }

        return new SiteLife(seed, broken, failure, cluster.Log.ToString())
        {
            Played = cluster.Clock.Now - begin,
            Leapt = cluster.Clock.Leapt,
            Misfortunes = chaos.Misfortunes,
            HostilePackets = chaos.HostilePackets,
            Troubles = troubles,
            GivenUp = calm.GivenUp,
            Leaps = calm.LeapsMade,
        };
    }

    private static TimeSpan SomeTime(Prng random, TimeSpan longest) =>
        longest * Math.Pow(10, -3 * (random.NextInt(1_000_000) / 1e6));
}
