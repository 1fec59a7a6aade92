using Pointsman.Balance;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tests;

[Collection(PlaneCollection.Name)]
public sealed class SchedulingTests(SharedPlane shared)
{
    private readonly TestPlane _plane = shared.Fresh();

    /// <summary>The largest weight that ipvsadm takes, beside one of 1.</summary>
    [Theory]
    [InlineData(SchedulerKind.Wrr, 90)]
    [InlineData(SchedulerKind.Wlc, 99)]
    [InlineData(SchedulerKind.Sed, 100)]
    [InlineData(SchedulerKind.Fo, 100)]
    [InlineData(SchedulerKind.Ovf, 100)]
    [InlineData(SchedulerKind.Sh, 95)]
    [InlineData(SchedulerKind.Twos, 95)]
    public void LargestWeight_TakesNearlyAll(SchedulerKind scheduler, int least)
    {
        _plane.Apply(TestPlane.Service(scheduler, TestPlane.Server(1), TestPlane.Server(2, weight: int.MaxValue)) with { Flags = ServiceFlags.Port });

        Assert.InRange(Order(100).Count(server => server == '2'), least, 100);
    }

    [Fact]
    public void Rr_ThreeServers_GoesRoundNewestFirst()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2), TestPlane.Server(3)));

        Assert.Equal("321321", Order(6));
    }

    [Fact]
    public void Wrr_WeightsThreeTwoOne_IsInterleaved()
    {
        _plane.Apply(TestPlane.Service(
            SchedulerKind.Wrr, TestPlane.Server(1, weight: 3), TestPlane.Server(2, weight: 2), TestPlane.Server(3)));

        // A fresh service of IPVS begins with one each; then the level falls from 3 to 1, newest first within a level.
        Assert.Equal("321121321121", Order(12));
    }

    [Fact]
    public void Lc_OneServerHasMore_TheOthersCatchUp()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Lc, TestPlane.Server(1)));
        Order(3);
        _plane.Apply(TestPlane.Service(SchedulerKind.Lc, TestPlane.Server(1), TestPlane.Server(2)));

        Assert.Equal("22221", Order(5, firstPort: 2000));
        Assert.Equal([(4, 0), (4, 0)], _plane.Loads());
    }

    [Fact]
    public void Wlc_WeightsThreeAndOne_LoadFollowsTheWeights()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Wlc, TestPlane.Server(1, weight: 3), TestPlane.Server(2)));

        Order(40);

        Assert.Equal([(30, 0), (10, 0)], _plane.Loads());
    }

    [Fact]
    public void Lc_HundredsOfServers_EachGetsItsTurn()
    {
        const int Count = 600;
        _plane.Apply(TestPlane.Service(SchedulerKind.Lc, [.. Enumerable.Range(1, Count).Select(ManyServers.Number)]));

        long before = GaveWay();
        for (int i = 0; i < 5 * Count; i++)
        {
            _plane.Run(new Frame { SourcePort = (ushort)(1000 + i) }.Build(), new byte[60]);
        }

        // By chance five may want the same four places: the table's seed is another each time.
        long lost = GaveWay() - before;
        Assert.InRange(lost, 0, 3);
        Assert.Equal((5 * Count) - lost, _plane.Loads().Sum(load => load.Active));
        Assert.All(_plane.Loads(), load => Assert.InRange(load.Active, 5 - lost, 5));

        long GaveWay() => _plane.Plane.ReadSnapshot().Verdicts["note-evicted-embryonic"];
    }

    [Fact]
    public void Nq_IdleServer_IsTakenBeforeAFasterOne()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Nq, TestPlane.Server(1, weight: 100), TestPlane.Server(2)));

        Assert.Equal("2111", Order(4));
    }

    [Fact]
    public void Fo_HighestWeight_TakesAllUntilItHasNone()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Fo, TestPlane.Server(1, weight: 3), TestPlane.Server(2, weight: 2)));
        Assert.Equal("111", Order(3));

        _plane.Apply(TestPlane.Service(SchedulerKind.Fo, TestPlane.Server(1, weight: 0), TestPlane.Server(2, weight: 2)));
        Assert.Equal("222", Order(3, firstPort: 2000));
    }

    [Fact]
    public void Ovf_HighestWeight_TakesAsManyAsItsWeightAndOne()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Ovf, TestPlane.Server(1, weight: 3), TestPlane.Server(2, weight: 2)));

        Assert.Equal("1111222", Order(7));
    }

    [Fact]
    public void Sh_OneClient_StaysWithItsServer_WithPortItDoesNot()
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Sh, [.. TestPlane.Servers(4)]);
        _plane.Apply(service);
        Assert.Single(Order(30).Distinct());

        _plane.Apply(service with { Flags = ServiceFlags.Port });
        Assert.Equal(4, Order(60, firstPort: 2000).Distinct().Count());
    }

    [Fact]
    public void Mh_OneServerOfFourGoesDown_OthersKeepAlmostAllTheirClients()
    {
        PlannedServer[] servers = TestPlane.Servers(4);
        _plane.Apply(TestPlane.Service(SchedulerKind.Mh, [.. servers]));
        string before = Clients(300, firstPort: 1000);
        servers[1] = servers[1] with { IsUp = false };
        _plane.Apply(TestPlane.Service(SchedulerKind.Mh, [.. servers]));
        string after = Clients(300, firstPort: 2000);

        int moved = before.Zip(after).Count(pair => pair.First != '2' && pair.First != pair.Second);
        Assert.DoesNotContain('2', after);
        Assert.InRange(moved, 0, 30);
    }

    // A quiesced server's clients get none of the others' servers, unless a fallback is asked for.
    [Theory]
    [InlineData(SchedulerKind.Sh)]
    [InlineData(SchedulerKind.Mh)]
    public void HashedToAServerWithoutWeight_IsRefused_WithFallbackItIsNot(SchedulerKind scheduler)
    {
        PlannedServer[] servers = TestPlane.Servers(3);
        _plane.Apply(TestPlane.Service(scheduler, [.. servers]));
        servers[0] = servers[0] with { Weight = 0 };
        _plane.Apply(TestPlane.Service(scheduler, [.. servers]));
        Assert.Equal("no-server-refused", Verdicts(60).Distinct().Order().Last());

        _plane.Apply(TestPlane.Service(scheduler, [.. servers]) with { Flags = ServiceFlags.Fallback });
        Assert.Equal(["forwarded"], Verdicts(60).Distinct());
    }

    // A draw of two by weight, the less loaded wins: nearly even per weight, far better than chance.
    [Fact]
    public void Twos_ManyConnections_LoadFollowsTheWeights()
    {
        _plane.Apply(TestPlane.Service(
            SchedulerKind.Twos, TestPlane.Server(1, weight: 2), TestPlane.Server(2), TestPlane.Server(3)));
        Order(400);

        (int Active, int Inactive)[] loads = _plane.Loads();
        Assert.InRange(loads[0].Active, 170, 230);
        Assert.InRange(loads[1].Active, 80, 120);
        Assert.InRange(loads[2].Active, 80, 120);
    }

    // More than are compared for one connection: the last ones get their share, too.
    [Fact]
    public void Twos_ManyServers_AllAreDrawn()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Twos, [.. TestPlane.Servers(200)]));
        Order(2000);

        Assert.All(_plane.Loads(), load => Assert.InRange(load.Active, 1, 30));
    }

    [Theory]
    [InlineData(SchedulerKind.Fo)]
    [InlineData(SchedulerKind.Ovf)]
    public void HighestWeight_OfManyServers_OneGetsAll_ThenTheNext(SchedulerKind scheduler)
    {
        PlannedServer[] servers = TestPlane.Servers(200);
        servers[20] = servers[20] with { Weight = 100, UpperThreshold = 50 };
        servers[180] = servers[180] with { Weight = 90, UpperThreshold = 5 };
        servers[100] = servers[100] with { Weight = 80, UpperThreshold = 5 };
        _plane.Apply(TestPlane.Service(scheduler, [.. servers]));
        Order(50);
        Assert.Equal(50, _plane.Loads()[20].Active);
        Order(12, firstPort: 2000);
        (int Active, int Inactive)[] loads = _plane.Loads();
        Assert.Equal([50, 5, 5], [loads[20].Active, loads[180].Active, loads[100].Active]);
        Assert.Equal(62, loads.Sum(load => load.Active));
    }

    [Fact]
    public void Lblc_ServerLoadedWhileAnotherIsIdle_TheAddressMoves()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Lblc, TestPlane.Server(1, weight: 3), TestPlane.Server(2, weight: 3)));

        // Four are more than its weight and the other idles: now that one, for good, since neither idles any more.
        Assert.Equal("222211111", Order(9));
    }

    [Theory]
    [InlineData(SchedulerKind.Rr)]
    [InlineData(SchedulerKind.Wrr)]
    [InlineData(SchedulerKind.Wlc)]
    [InlineData(SchedulerKind.Twos)]
    public void UpperThresholdReached_NoNewConnections_UntilBelowTheLowerOne(SchedulerKind scheduler)
    {
        PlannedServer bounded = TestPlane.Server(1) with { UpperThreshold = 4, LowerThreshold = 2 };
        _plane.Apply(TestPlane.Service(scheduler, bounded));
        Assert.Equal("1111", Order(4));
        Assert.Equal("no-server-refused", _plane.Send(new Frame { SourcePort = 1004 }).Verdict);

        ServerSnapshot shown = _plane.Read().Servers[0];
        Assert.Equal((4, 2), (shown.UpperThreshold, shown.LowerThreshold));

        End(1000, 1001);
        Assert.Equal("no-server-refused", _plane.Send(new Frame { SourcePort = 1005 }).Verdict);
        End(1002);
        Assert.Equal("111", Order(3, firstPort: 2000));
    }

    [Fact]
    public void ThresholdTakenAway_ServerRecovers()
    {
        PlannedServer bounded = TestPlane.Server(1) with { UpperThreshold = 1 };
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, bounded));
        Assert.Equal("1", Order(1));
        Assert.Equal("no-server-refused", _plane.Send(new Frame { SourcePort = 2000 }).Verdict);

        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        Assert.Equal("1", Order(1, firstPort: 2000));
    }

    [Fact]
    public void SchedulerNumbers_InBothLanguages_AreTheSame() => Assert.Equal(
        Enum.GetValues<SchedulerKind>().Select(kind => $"{kind} {(int)kind}"),
        Enum.GetValues<PmScheduler>().Select(scheduler => $"{scheduler} {(int)scheduler}"));

    private string[] Verdicts(int count) => [.. Enumerable.Range(0, count).Select(i =>
        _plane.Send(new Frame { Source = $"203.0.113.{i + 1}", SourcePort = (ushort)(9000 + i) }).Verdict)];

    private string Clients(int count, ushort firstPort) => string.Concat(Enumerable.Range(0, count).Select(
        i => _plane.Connect((ushort)(firstPort + i), $"203.{i / 200}.113.{(i % 200) + 1}")));

    // Past their time, and retired.
    private void End(params ushort[] ports)
    {
        _plane.WithTables(tables =>
        {
            uint past = (uint)tables.NowTicks() - 1;
            foreach (ref PmFlow flow in tables.Flows.Span)
            {
                if (flow.Server != 0 && ports.Contains(flow.Sport.Value))
                {
                    flow.Expiry = past;
                }
            }
        });
        Assert.Equal(ports.Length, _plane.Sweep());
    }

    [Fact]
    public void WeightZero_NewConnections_GoElsewhere_OldOnesStay()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        _plane.Connect(1000);
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1, weight: 0), TestPlane.Server(2)));

        Assert.Equal("222", Order(3, firstPort: 2000));
        Assert.Equal(TestPlane.MacOf(1), _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack }).TargetMac);
    }

    private string Order(int count, ushort firstPort = 1000) => string.Concat(
        Enumerable.Range(firstPort, count).Select(port => _plane.Connect((ushort)port)));
}
