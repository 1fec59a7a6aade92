using Pointsman.Base;
using Pointsman.Sim.Rules;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim;

/// <summary>
/// A master has something to change on its host, and another program holds the kernel's lock: what becomes of the mastership
/// with the deputy, and what without.
/// </summary>
public sealed class HoldUpTests
{
    private const int Seeds = 40;

    private static readonly SiteSettings s_site = new()
    {
        Priorities = [150, 100], Version = 3, AdvertInterval = TimeSpan.FromSeconds(0.1), Nopreempt = true,
    };

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.35)]
    [InlineData(0.6)]
    [InlineData(0.95)]
    public void MasterWaitsForLessThanASecond_KeepsItsPlace(double seconds)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Cluster cluster = HoldUp(seed, seconds, Mutant.None);
            Assert.True(TimesMaster(cluster) is (1, 0), $"seed {seed}\n{cluster.Log}");
        }
    }

    [Theory]
    [InlineData(0.6)]
    [InlineData(0.95)]
    public void MasterWaitsWithoutADeputy_TheOtherStandsUp(double seconds)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Cluster cluster = HoldUp(seed, seconds, Mutant.HasNoDeputy);
            Assert.True(TimesMaster(cluster) is (1, 1), $"seed {seed}\n{cluster.Log}");
        }
    }

    // It hears nobody, so it must not go on for ever; when the kernel lets it, it yields before it says a word.
    [Fact]
    public void MasterWaitsForLong_TheOtherStandsUp_AndItYieldsUnsaid()
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Cluster cluster = HoldUp(seed, seconds: 3, Mutant.None);
            Assert.True(TimesMaster(cluster) is (1, 1), $"seed {seed}\n{cluster.Log}");
            Assert.Equal(VrrpState.Backup, cluster.Nodes[0].Role.MachineOf(0)!.State);
            Assert.False(cluster.Nodes[0].HoldsAddresses(0));
        }
    }

    // With the addresses not set yet: what it has begun as master it does not finish when another is.
    [Fact]
    public void NewMasterWaitsForLong_AnotherStandsUp_ItDoesNotClaimTheAddresses()
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Cluster cluster = Start(seed, Mutant.None);
            SimNode former = cluster.Nodes[0];
            SimNode next = cluster.Nodes[1];
            former.PowerOff();
            next.LockedUntil = cluster.Clock.Now + TimeSpan.FromSeconds(6);
            cluster.Clock.After(TimeSpan.FromSeconds(1), () =>
            {
                Assert.NotNull(next.Role.HeldUpSince);
                former.PowerOn();
            });
            cluster.Run(TimeSpan.FromSeconds(9));

            Assert.Equal(VrrpState.Master, former.Role.MachineOf(0)!.State);
            Assert.Equal(VrrpState.Backup, next.Role.MachineOf(0)!.State);
            Assert.True(cluster.Clients.Believes == former.Links[0].Mac, $"seed {seed}\n{cluster.Log}");
        }
    }

    private static Cluster HoldUp(ulong seed, double seconds, Mutant mutant)
    {
        Cluster cluster = Start(seed, mutant);
        SimNode master = cluster.Nodes[0];
        master.Edit(master.File with { HasExtraAddress = true });
        master.LockedUntil = cluster.Clock.Now + TimeSpan.FromSeconds(seconds);
        master.Role.Reconfigure();
        cluster.Run(TimeSpan.FromSeconds(5));
        return cluster;
    }

    private static Cluster Start(ulong seed, Mutant mutant)
    {
        var cluster = new Cluster(s_site, new Prng(seed), mutant);
        cluster.Rules.Watch = mutant == Mutant.None;
        cluster.Clients.IsActive = true;
        cluster.Clients.Start();
        foreach (SimNode node in cluster.Nodes)
        {
            node.PowerOn();
            cluster.Run(TimeSpan.FromSeconds(2));
        }

        cluster.Run(TimeSpan.FromSeconds(2) + new Prng(seed).NextSpan(TimeSpan.FromSeconds(1)));
        Assert.True(TimesMaster(cluster) is (1, 0), $"seed {seed}");
        return cluster;
    }

    private static (long First, long Second) TimesMaster(Cluster cluster) =>
        (cluster.Nodes[0].Role.MachineOf(0)!.Counters.BecameMaster, cluster.Nodes[1].Role.MachineOf(0)!.Counters.BecameMaster);
}
