using System.Collections.Immutable;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>The real keepalived as the other node, in each way of speaking: who is master changes as between two of them.</summary>
public sealed class InteropTests
{
    public static TheoryData<string> Ways => [.. Way.All.Keys];

    [Theory]
    [MemberData(nameof(Ways))]
    public void EitherIsMaster_EitherDiesOrStops_TheOtherFollows_AndNobodyComplains(string name)
    {
        Keepalived.SkipUnlessInstalled();
        Way way = Way.All[name];
        using Network network = Network.Create();
        string first = network.AddMachine(1);
        string second = network.AddMachine(2);
        using (Keepalived theirs = way.MakeTheirs(second, priority: 100))
        {
            theirs.Expect("Entering BACKUP STATE");
            using (Node killed = way.MakeOurs(first, priority: 150))
            {
                killed.Start();
                killed.ExpectState(VrrpState.Master);
                ExpectVip(way, first, second, killed, theirs);
                Node.WaitUntil(() => killed.Snapshot().Instances[0].AdvertsSent > 3, () => "we say nothing");
                AssertContent(killed);
                killed.Kill();
                Node.WaitUntil(() => theirs.Has(way.Vip), () => theirs.Log);
            }

            using Node ours = way.MakeOurs(first, priority: 150);
            ours.Start();
            ours.ExpectState(VrrpState.Master);
            ExpectVip(way, first, second, ours, theirs);
            ours.Client.Stop(Node.Patience);
            Assert.Equal(VrrpReason.SuccessorHeard, ours.ExpectState(VrrpState.Initialize).Reason);
            ExpectVip(way, second, first, ours, theirs);
            theirs.AssertContent();
        }

        FollowsKeepalived(way, first, second);
    }

    [Fact]
    public void Nopreempt_OnEitherSide_LeavesALowerMasterInPeace()
    {
        Keepalived.SkipUnlessInstalled();
        Way way = Way.All["v3 IPv4"];
        using Network network = Network.Create();
        string first = network.AddMachine(1);
        string second = network.AddMachine(2);
        using Node ours = way.MakeOurs(first, priority: 100);
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        using (Keepalived theirs = (way with { Theirs = way.Theirs + "\nnopreempt" }).MakeTheirs(second, priority: 150))
        {
            theirs.Expect("Entering BACKUP STATE");
            long sent = ours.Snapshot().Instances[0].AdvertsSent;
            Node.WaitUntil(() => ours.Snapshot().Instances[0].AdvertsSent > sent + 10, () => "we say nothing");
            Assert.False(theirs.Has(way.Vip));
        }

        ours.Client.Stop(Node.Patience);
        using Keepalived lower = way.MakeTheirs(second, priority: 50);
        lower.Expect("Entering MASTER STATE");
        using Node patient = way.MakeOurs(first, priority: 100);
        patient.Change(instance => instance with { Nopreempt = true });
        patient.Start();
        patient.ExpectState(VrrpState.Backup);
        Node.WaitUntil(() => patient.Snapshot().Instances[0].AdvertsReceived > 10, () => "nothing is heard");
        Assert.Equal(VrrpState.Backup, patient.Snapshot().Instances[0].State);
        AssertContent(patient);
        lower.AssertContent();
    }

    [Fact]
    public void Scripts_ChangeEitherPriority_TheMasterChangesWithThem()
    {
        Keepalived.SkipUnlessInstalled();
        Way way = Way.All["v3 IPv4"];
        using Network network = Network.Create();
        string first = network.AddMachine(1);
        string second = network.AddMachine(2);
        using Node ours = way.MakeOurs(first, priority: 120);
        ours.Change(instance => instance with { TrackScripts = [new VrrpTrack("chk", Weight: 40)] });
        ours.Start();
        string flag = Path.Combine(ours.RunDirectory, "flag");
        string script = $"vrrp_script chk {{\nscript \"/usr/bin/test -e {flag}\"\ninterval 1\nweight 50\nuser root\n}}\n";
        Way tracked = way with { Theirs = way.Theirs + "\ntrack_script {\nchk\n}" };
        using var theirs = new Keepalived(
            second, script + Keepalived.Instance("VI_1", 51, 100, tracked.Theirs, way.Addresses));
        ExpectVip(way, first, second, ours, theirs);

        File.WriteAllText(flag, "");
        ExpectVip(way, second, first, ours, theirs);

        ours.Client.ReportTrack("chk", isUp: true);
        ExpectVip(way, first, second, ours, theirs);

        ours.Client.ReportTrack("chk", isUp: false);
        ExpectVip(way, second, first, ours, theirs);
        AssertContent(ours);
        theirs.AssertContent();
    }

    [Fact]
    public void SyncGroupOfBothFamilies_MovesAsOne()
    {
        Keepalived.SkipUnlessInstalled();
        (Way v4, Way v6) = (Way.All["v3 IPv4"], Way.All["v3 IPv6"]);
        using Network network = Network.Create();
        string first = network.AddMachine(1);
        string second = network.AddMachine(2);
        using var theirs = new Keepalived(
            second,
            Keepalived.Instance("VI_1", 51, 100, v4.Theirs, v4.Addresses)
                + Keepalived.Instance("VI_2", 52, 100, v6.Theirs, v6.Addresses)
                + "vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\n}\n");
        theirs.Expect("Entering MASTER STATE", times: 2);
        using Node ours = v4.MakeOurs(first, priority: 150);
        VrrpInstanceSettings plain = ours.Settings.Router.Instances[0];
        ours.Settings = ours.Settings with
        {
            Router = new VrrpRouterSettings
            {
                Instances = [plain, v6.Ours(plain) with { Name = "VI_2", VirtualRouterId = 52 }],
                SyncGroups = [new VrrpSyncGroupSettings("G", ["VI_1", "VI_2"])],
            },
            Bindings = [v4.Binding(ours.Settings.Bindings[0]), v6.Binding(new InstanceBinding())],
        };

        ours.Start();
        ExpectVip(v4, first, second, ours, theirs);
        ExpectVip(v6, first, second, ours, theirs);
        ours.Client.Stop(Node.Patience);
        ExpectVip(v4, second, first, ours, theirs);
        ExpectVip(v6, second, first, ours, theirs);
        theirs.AssertContent();
    }

    private static void FollowsKeepalived(Way way, string first, string second)
    {
        using Node ours = way.MakeOurs(first, priority: 100);
        using (Keepalived theirs = way.MakeTheirs(second, priority: 150))
        {
            theirs.Expect("Entering MASTER STATE");
            ours.Start();
            ours.ExpectState(VrrpState.Backup);
            Node.WaitUntil(() => ours.Snapshot().Instances[0].AdvertsReceived > 3, () => "nothing is heard");
            theirs.Stop();
            ExpectVip(way, first, second, ours, theirs);
            theirs.AssertContent();
        }

        using (Keepalived theirs = way.MakeTheirs(second, priority: 150))
        {
            ExpectVip(way, second, first, ours, theirs);
            theirs.Kill();
            Node.WaitUntil(() => Network.HasVip(first, way.Vip), () => ours.Said());
            AssertContent(ours);
            theirs.AssertContent();
        }
    }

    private static void ExpectVip(Way way, string on, string notOn, Node ours, Keepalived theirs) => Node.WaitUntil(
        () => Network.HasVip(on, way.Vip) && !Network.HasVip(notOn, way.Vip),
        () => $"{way.Vip} is not on {on} alone\n{ours.Said()}\n{theirs.Log}");

    private static void AssertContent(Node ours)
    {
        ImmutableArray<InstanceSnapshot> instances = ours.Snapshot().Instances;
        Assert.All(instances, instance => Assert.Empty(instance.Discarded));
        Assert.All(instances, instance => Assert.Equal(0, instance.AddressListMismatches));
        Assert.True(instances.All(instance => instance.ActionsFailed == 0), ours.Said());
    }
}
