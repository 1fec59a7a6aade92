using System.Globalization;
using Pointsman.Base;
using Pointsman.Sim.Rules;
using Pointsman.Sim.World;

namespace Pointsman.Sim;

/// <summary>What became of a seed.</summary>
/// <param name="BrokenRule">Null when all rules held; otherwise the rule's name, or that of the exception a node threw.</param>
internal sealed record SeededRun(ulong Seed, string? BrokenRule, string Failure, string Log)
{
    private static readonly TimeSpan Trouble = TimeSpan.FromSeconds(90);

    public static SeededRun Play(ulong seed, Mutant mutant = Mutant.None, bool isLogged = false)
    {
        var random = new Prng(seed);
        SiteSettings site = SiteSettings.Draw(random);
        var cluster = new Cluster(site, random, mutant, isLogged);
        cluster.Log.Write("seed", string.Create(
            CultureInfo.InvariantCulture,
            $"{seed}: {site}"));
        try
        {
            var chaos = new Chaos(cluster, random);
            chaos.Start();
            chaos.Run(Trouble);
            cluster.Settle();
            return new SeededRun(seed, null, "", cluster.Log.ToString());
        }
        catch (RuleBrokenException broken)
        {
            cluster.Log.Write("rule", broken.Message);
            return new SeededRun(seed, broken.Rule, broken.Message, cluster.Log.ToString());
        }
        catch (Exception thrown) when (mutant == Mutant.None)
        {
            // A node that throws is a finding like any other; its seed must be told.
            cluster.Log.Write("threw", thrown.ToString());
            return new SeededRun(seed, thrown.GetType().Name, thrown.Message, cluster.Log.ToString());
        }
    }
}
