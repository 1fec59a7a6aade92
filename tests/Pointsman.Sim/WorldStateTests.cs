using Pointsman.Base;
using Pointsman.Sim.Calms;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim;

/// <summary>Leaping rests on the comparison of states: nothing that has a bearing on the future may escape it.</summary>
public sealed class WorldStateTests
{
    private static readonly SiteSettings s_site = new() { Priorities = [150, 100], InstanceCount = 2, ScriptWeight = 2, OtherServers = 1 };

    public static TheoryData<string> Changes => new(
        "a number was drawn", "something is to happen", "a machine moved", "a cable", "a rule", "an address", "a flow", "a file");

    [Theory]
    [MemberData(nameof(Changes))]
    public void OneThingIsDifferent_StatesDiffer(string change)
    {
        Cluster cluster = Calm();
        var identities = new WorldState.Identities();
        long[] before = WorldState.Of(cluster, identities);
        Assert.Equal(before, WorldState.Of(cluster, identities));

        Change(cluster, change);

        Assert.NotEqual(before, WorldState.Of(cluster, identities));
    }

    [Fact]
    public void CalmSite_AfterARound_IsInTheSameState_AndNotInBetween()
    {
        Cluster cluster = Calm();
        cluster.Run(Calms.Calm.Horizon);
        var identities = new WorldState.Identities();
        long[] before = WorldState.Of(cluster, identities);

        cluster.Run(TimeSpan.FromSeconds(7));
        Assert.NotEqual(before, WorldState.Of(cluster, identities));

        cluster.Run(TimeSpan.FromSeconds(23));
        Assert.Equal(before, WorldState.Of(cluster, identities));
    }

    private static Cluster Calm()
    {
        var cluster = new Cluster(s_site, new Prng(1));
        foreach (SimNode node in cluster.Nodes)
        {
            node.PowerOn();
        }

        cluster.Run(TimeSpan.FromSeconds(20));
        cluster.BeginCalm();
        cluster.Run(TimeSpan.FromSeconds(5));
        return cluster;
    }

    private static void Change(Cluster cluster, string change)
    {
        SimNode master = cluster.Nodes[0];
        switch (change)
        {
            case "a number was drawn": cluster.Random.NextUInt64(); break;
            case "something is to happen": cluster.Clock.After(TimeSpan.FromHours(1), () => { }); break;
            case "a machine moved": master.Role.Router!.OnTrackResult(cluster.Clock.Now, "chk", isUp: false, new List<VrrpAction>()); break;
            case "a cable": cluster.Segments[1].Cut(0, 1); break;
            case "a rule": cluster.Rules.OnAdvertSent(master, master.Role.Router!.Instances[0], priority: 0); break;
            case "an address": master.TrySetAddresses(0, present: false); break;
            case "a flow":
                master.DataPath.Handle(
                    new Frame.ToVip(cluster.Clients.Mac, master.Links[0].Mac, SiteSettings.AddressOf(0, 98), Flow: 1, IsSyn: true), cluster.Clock.Now);
                break;
            case "a file": master.Edit(master.File with { Priority = 151 }); break;
            default: throw new ArgumentException(change);
        }
    }
}
