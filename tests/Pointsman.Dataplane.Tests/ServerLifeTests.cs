using Pointsman.Balance;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// Servers go down, come back, are removed; services too. Nothing established moves to another server.
/// </summary>
[Collection(PlaneCollection.Name)]
public sealed class ServerLifeTests(SharedPlane shared)
{
    private readonly TestPlane _plane = shared.Fresh();

    [Fact]
    public void ServerDown_ItsConnections_AreDroppedInSilence_AndGoOnWhenItIsBack()
    {
        Apply(TestPlane.Servers(2));
        Assert.Equal(2, _plane.Connect(1000));
        Apply(TestPlane.Server(1), TestPlane.Server(2, isUp: false));
        Outcome down = _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });
        ServerSnapshot listed = _plane.Read().Servers[1];
        Apply(TestPlane.Servers(2));
        Outcome back = _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });

        Assert.Equal(("server-gone", XdpAction.Drop), (down.Verdict, down.Action));
        Assert.True(listed is { IsUp: false, Active: 1 });
        Assert.Equal(TestPlane.MacOf(2), back.TargetMac);
    }

    [Fact]
    public void ServerDown_ClientBeginsAnewFromTheSamePort_IsScheduledElsewhere_CountsMove()
    {
        Apply(TestPlane.Servers(2));
        Assert.Equal(2, _plane.Connect(1000));
        Apply(TestPlane.Server(1), TestPlane.Server(2, isUp: false));

        Assert.Equal(1, _plane.Connect(1000));
        Assert.Equal([(1, 0), (0, 0)], _plane.Loads());
        Assert.Equal(1, _plane.Plane.ReadSnapshot().Connections);
    }

    [Fact]
    public void ServerRemovedAndAddedAgain_ConnectionsAndCountsAreFoundAgain()
    {
        Apply(TestPlane.Servers(2));
        Assert.Equal(2, _plane.Connect(1000));
        Apply(TestPlane.Server(1));
        Outcome removed = _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });
        ServerSnapshot left = Assert.Single(_plane.Read().Servers);
        _plane.Sweep();
        Apply(TestPlane.Servers(2));

        Assert.Equal("server-gone", removed.Verdict);
        Assert.Equal("10.0.0.1:80", left.Address.ToString());
        Assert.Equal(TestPlane.MacOf(2), _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack }).TargetMac);
        Assert.Equal(2, _plane.Read().Servers[1].Counters.PacketsIn);
    }

    [Fact]
    public void RemovedServerWithoutConnections_SlotIsFreed_ServicesTotalsDoNotFall()
    {
        Apply(TestPlane.Servers(2));
        _plane.Connect(1000);
        _plane.Connect(1001);
        Apply(TestPlane.Server(1));
        _plane.ExpireAll();
        _plane.Sweep();

        Assert.Equal(new Counters(2, 2, 80), _plane.Read().Totals);
        _plane.WithTables(tables => Assert.Equal(1, Occupied(tables)));

        Apply(TestPlane.Servers(2));
        Assert.Equal(new Counters(2, 2, 80), _plane.Read().Totals);
        Assert.Equal(default, _plane.Read().Servers[1].Counters);
    }

    [Fact]
    public void ServiceRemoved_ItsConnectionsAreDropped_NewOnesAreNotBalanced_AddedAgainTheyGoOn()
    {
        Apply(TestPlane.Servers(2));
        byte server = _plane.Connect(1000);
        PlannedService other = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(9)) with
        {
            Key = TestPlane.Key with { Address = TestPlane.Key.Address with { Port = 81 } },
        };
        _plane.Apply(other);
        Outcome established = _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });
        Outcome fresh = _plane.Send(new Frame { SourcePort = 1001 });
        _plane.Apply(other, TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]));
        Outcome again = _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });

        Assert.Equal(("server-gone", XdpAction.Drop), (established.Verdict, established.Action));
        Assert.Equal(("not-service", XdpAction.Pass), (fresh.Verdict, fresh.Action));
        Assert.Equal(TestPlane.MacOf(server), again.TargetMac);
    }

    [Fact]
    public void LastServiceOfAnAddressRemoved_PacketsAreNotLookedAtAnyMore()
    {
        Apply(TestPlane.Servers(1));
        _plane.Apply();
        Assert.Equal("not-vip", _plane.Send(new Frame()).Verdict);
    }

    [Fact]
    public void NoServerIsUp_StackRefusesAtOnce()
    {
        Apply(TestPlane.Server(1, isUp: false), TestPlane.Server(2, weight: 0));
        Outcome outcome = _plane.Send(new Frame());
        Assert.Equal(("no-server-refused", XdpAction.Pass), (outcome.Verdict, outcome.Action));
    }

    // The stack of this node would hand the connection to the local server that health checks took out.
    [Fact]
    public void NoServerIsUp_OneIsLocal_IsDropped()
    {
        Apply(TestPlane.Server(1, isUp: false, isLocal: true), TestPlane.Server(2, isUp: false));
        Outcome outcome = _plane.Send(new Frame());
        Assert.Equal(("no-server", XdpAction.Drop), (outcome.Verdict, outcome.Action));
    }

    [Fact]
    public void Plan_ThatCannotBeCarriedOut_ChangesNothing()
    {
        Apply(TestPlane.Servers(1));
        PlannedServer tunnelled = TestPlane.Server(2) with { Method = ForwardingMethod.Tunnel };

        var refused = Assert.Throws<DataplaneException>(() => Apply(TestPlane.Server(3), tunnelled));

        Assert.Contains("10.0.0.2:80", refused.Message, StringComparison.Ordinal);
        Assert.Equal("10.0.0.1:80", Assert.Single(_plane.Read().Servers).Address.ToString());
        Assert.Equal(1, _plane.Connect(1000));
    }

    [Fact]
    public void RandomPlans_AfterEach_EveryServerGetsItsShareAndNoOther()
    {
        var random = new Base.Prng(7);
        ushort port = 1000;
        for (int round = 0; round < 60; round++)
        {
            PlannedServer[] servers =
            [
                .. Enumerable.Range(1, 6).Where(_ => random.NextInt(3) > 0).Select(i => TestPlane.Server(
                    (byte)i, weight: random.NextInt(3), isUp: random.NextInt(4) > 0)),
            ];
            SchedulerKind kind = (SchedulerKind)random.NextInt(4);
            _plane.Apply(TestPlane.Service(kind, [.. servers]));
            HashSet<byte> usable =
            [
                .. servers.Where(s => s is { IsUp: true, Weight: > 0 }).Select(s => (byte)s.Address.Address.V4Bits),
            ];
            for (int i = 0; i < 12; i++)
            {
                Outcome outcome = _plane.Send(new Frame { SourcePort = port++ });
                Assert.Equal(usable.Count == 0 ? "no-server-refused" : "forwarded", outcome.Verdict);
                Assert.True(usable.Count == 0 || usable.Contains(outcome.Bytes[5]));
            }

            _plane.ExpireAll();
            _plane.Sweep();
        }
    }

    [Fact]
    public void ManyServices_EachKeepsItsServers_AndOneTooManyIsRefused()
    {
        PlannedService service = TestPlane.Service(
            SchedulerKind.Wrr, TestPlane.Server(1), TestPlane.Server(2, weight: 3));
        PlannedService Numbered(int i) => service with
        {
            Key = TestPlane.Key with { Address = TestPlane.Key.Address with { Port = (ushort)(1000 + i) } },
        };
        _plane.Apply([.. Enumerable.Range(0, Bpf.PmLimit.Services).Select(Numbered)]);

        DataplaneSnapshot snapshot = _plane.Plane.ReadSnapshot();
        Assert.Equal(Bpf.PmLimit.Services, snapshot.Services.Length);
        Assert.All(snapshot.Services, service => Assert.Equal([1, 3], service.Servers.Select(server => server.Weight)));
        Assert.Equal("forwarded", _plane.Send(new Frame { TargetPort = 1500 }).Verdict);
        var refused = Assert.Throws<DataplaneException>(
            () => _plane.Apply([.. Enumerable.Range(0, Bpf.PmLimit.Services + 1).Select(Numbered)]));
        Assert.Contains($"more than {Bpf.PmLimit.Services} virtual services", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MoreServersThanSlots_IsRefused_NothingChanges()
    {
        Apply(TestPlane.Servers(1));
        PlannedServer[] many =
        [
            .. Enumerable.Range(0, Bpf.PmLimit.Servers).Select(i => TestPlane.Server(1) with
            {
                Address = new Base.TransportEndpoint(Base.IpAddress.FromV4Bits(0x0b000000 + (uint)i), 80),
            }),
        ];

        Assert.Throws<DataplaneException>(() => Apply(many));
        Assert.Equal("10.0.0.1:80", Assert.Single(_plane.Read().Servers).Address.ToString());
    }

    [Fact]
    public void ServersThatComeAndGo_RingIsUsedAgain()
    {
        int servers = 0;
        for (int round = 0; round < 300; round++)
        {
            servers = 100 + (round % 7);
            PlannedServer[] weighted =
                [.. Enumerable.Range(1, servers).Select(i => TestPlane.Server((byte)i, weight: 20 + (i % 21)))];
            _plane.Apply(TestPlane.Service(SchedulerKind.Wrr, [.. weighted]));
        }

        Assert.Equal("forwarded", _plane.Send(new Frame()).Verdict);
        Assert.Equal(servers, _plane.Read().Servers.Length);
    }

    private static int Occupied(Tables.PinnedTables tables)
    {
        int occupied = 0;
        foreach (Bpf.PmServer server in tables.Servers.Span)
        {
            occupied += server.Proto == 0 ? 0 : 1;
        }

        return occupied;
    }

    private void Apply(params PlannedServer[] servers) => _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. servers]));
}
