using Pointsman.Base;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim;

/// <summary>Two nodes that could not hear each other, and clients that could hear both.</summary>
public sealed class HealTests
{
    [Theory]
    [InlineData(150, 100)]
    [InlineData(100, 100)]
    public void CutHeals_WhoeverSpeaksFirst_ClientsFindTheMasterThatStays(int priorityOfA, int priorityOfB)
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var random = new Prng(seed);
            var cluster = new Cluster(new SiteSettings { Priorities = [priorityOfA, priorityOfB] }, random);
            cluster.Clients.Start();
            cluster.Clients.IsActive = true;
            foreach (SimNode node in cluster.Nodes)
            {
                node.PowerOn();
            }

            cluster.Run(TimeSpan.FromSeconds(10));
            cluster.Segments[0].Cut(0, 1);
            cluster.Segments[0].Cut(1, 0);
            cluster.Run(TimeSpan.FromSeconds(10) + random.NextSpan(TimeSpan.FromSeconds(1)));
            Assert.Equal(2, Masters(cluster).Count());

            cluster.Segments[0].Heal();
            cluster.Run(TimeSpan.FromSeconds(1.1));

            SimNode master = Assert.Single(Masters(cluster));
            Assert.True(cluster.Clients.Believes == master.Links[0].Mac, $"seed {seed}: {master.Name} is master\n{cluster.Log}");
        }
    }

    private static IEnumerable<SimNode> Masters(Cluster cluster) =>
        cluster.Nodes.Where(node => node.Role.Router!.Instances[0].State == VrrpState.Master);
}
