using System.Buffers.Binary;
using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// Schedulers that compare, with any number of servers: the choices are those of the model, which looks at each of them every time.
/// </summary>
[Collection(PlaneCollection.Name)]
public sealed class LoadTreeTests(SharedPlane shared)
{
    private readonly TestPlane _plane = shared.Fresh();
    private readonly byte[] _output = new byte[60];

    public static TheoryData<SchedulerKind, int, int> Sites()
    {
        var sites = new TheoryData<SchedulerKind, int, int>();
        foreach (SchedulerKind scheduler in Enum.GetValues<SchedulerKind>().Where(ServerCost.IsComparedBy))
        {
            foreach (int count in (int[])[1, 2, 3, 129, 1024, 1500])
            {
                sites.Add(scheduler, count, count + (int)scheduler);
            }
        }

        return sites;
    }

    [Theory]
    [MemberData(nameof(Sites))]
    public void RandomLife_OfAnyNumberOfServers_EachChoiceIsTheModels(SchedulerKind scheduler, int count, int seed)
    {
        var random = new Prng((ulong)seed);
        int[] weights = [.. Enumerable.Range(0, count).Select(_ => random.NextInt(5))];
        ConnectionLimits[] limits = [.. Enumerable.Range(0, count).Select(_ => random.OneIn(3) ? new ConnectionLimits(1 + random.NextInt(3), 0) : default)];
        var model = new ServiceModel(scheduler, persistence: null, ConnectionTimeouts.Default, virtualAddress: IpAddress.Parse(TestPlane.Vip));
        for (int i = 0; i < count; i++)
        {
            model.AddServer(new WeightedServer(i + 1, weights[i]), limits[i]);
        }

        _plane.Apply(Service(scheduler, weights, limits));
        Instant now = Instant.Zero;
        for (int step = 0; step < 1500; step++)
        {
            if (random.OneIn(100))
            {
                for (int i = 0; i < 1 + (count / 10); i++)
                {
                    int changed = random.NextInt(count);
                    weights[changed] = random.OneIn(4) ? 0 : 1 + random.NextInt(9);
                    model.SetWeight(changed + 1, weights[changed]);
                }

                _plane.Apply(Service(scheduler, weights, limits));
            }
            else if (random.OneIn(500))
            {
                now += TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1);
                _plane.ExpireAll();
                Assert.Equal(model.Sweep(now), _plane.Sweep());
            }
            else
            {
                Compare(model, now, random, step);
            }
        }

        AssertRight();
    }

    [Theory]
    [InlineData(SchedulerKind.Lc)]
    [InlineData(SchedulerKind.Wlc)]
    [InlineData(SchedulerKind.Sed)]
    [InlineData(SchedulerKind.Nq)]
    public void TakenOverByANewDaemon_GoesOnWhereItWas_AndNothingIsWritten(SchedulerKind scheduler)
    {
        PlannedService service = Service(scheduler, [.. Enumerable.Repeat(1, 200)], new ConnectionLimits[200]);
        _plane.Apply(service);
        int[] before = [.. Enumerable.Range(1000, 130).Select(Connect)];
        _plane.Restart();

        _plane.Apply(service);

        Assert.Equal(0, _plane.Plane.TableWrites);
        int[] after = [.. Enumerable.Range(2000, 70).Select(Connect)];
        Assert.Equal(Enumerable.Range(1, 200).Reverse(), before.Concat(after));
        AssertRight();
    }

    // As after an upgrade from a version that had none.
    [Theory]
    [InlineData(SchedulerKind.Wlc)]
    [InlineData(SchedulerKind.Lblc)]
    [InlineData(SchedulerKind.Lblcr)]
    public void RingWithoutATree_IsServed_AndHasOneByTheNextPlan(SchedulerKind scheduler)
    {
        PlannedService service = Service(scheduler, [.. Enumerable.Repeat(1, 300)], new ConnectionLimits[300]);
        _plane.Apply(service);
        _plane.WithTables(tables =>
        {
            PmServiceKey key = Assert.Single(tables.Services.Keys<PmServiceKey>());
            Assert.True(tables.Services.TryLookup(key, out PmService record));
            record.RootAt = 0;
            tables.Services.Update(key, record);
            foreach (ref PmLoad load in tables.Loads.Span)
            {
                load.Leaf = 0;
            }
        });
        Assert.All(Enumerable.Range(1000, 50), port => Assert.InRange(Connect(port), 1, 300));
        _plane.Restart();

        _plane.Apply(service);

        AssertRight();
        Assert.InRange(Connect(2000), 1, 300);
        AssertRight();
    }

    [Fact]
    public void NodesAreWrong_ASweepPutsThemRight()
    {
        _plane.Apply(Service(SchedulerKind.Wlc, [.. Enumerable.Repeat(1, 100)], new ConnectionLimits[100]));
        Connect(1000);
        _plane.WithTables(tables =>
        {
            PmService record = OnlyService(tables);
            tables.Ring.Span[((int)record.RingAt + (int)record.RingLength)..((int)record.RootAt + 1)].Clear();
        });

        _plane.Plane.Sweep(TimeSpan.FromMinutes(1));

        AssertRight();
        Assert.Equal(99, Connect(1001));
    }

    [Fact]
    public void ServersComeAndGo_WhatTheyLeaveIsInNobodysTree()
    {
        var random = new Prng(7);
        for (int round = 0; round < 60; round++)
        {
            int count = random.NextInt(40);
            SchedulerKind scheduler = round % 3 == 0 ? SchedulerKind.Rr : SchedulerKind.Sed;
            _plane.Apply(Service(scheduler, [.. Enumerable.Range(0, count).Select(_ => random.NextInt(3))], new ConnectionLimits[count]));
            for (int i = 0; i < 20; i++)
            {
                _plane.Run(new Frame { SourcePort = (ushort)(1000 + random.NextInt(500)) }.Build(), _output);
            }

            AssertRight();
        }
    }

    private void Compare(ServiceModel model, Instant now, Prng random, int step)
    {
        var port = (ushort)(1000 + random.NextInt(1000));
        TcpFlags flags = random.NextInt(8) switch
        {
            < 4 => TcpFlags.Syn,
            < 6 => TcpFlags.Ack,
            6 => TcpFlags.Fin | TcpFlags.Ack,
            _ => TcpFlags.Rst,
        };
        ConnectionOutcome expected = model.OnSegment(
            now, new FlowKey(IpAddress.Parse("203.0.113.5"), port), TcpStateMachine.EventOf((Balance.Connections.TcpFlags)flags));

        XdpRun run = _plane.Run(new Frame { Source = "203.0.113.5", SourcePort = port, Flags = flags }.Build(), _output);

        int? server = expected is ConnectionOutcome.Forwarded forwarded ? forwarded.Server : null;
        Assert.Equal((step, server), (step, run.Action == XdpAction.Tx ? ServerOf(_output) : null));
    }

    private int Connect(int port)
    {
        Assert.Equal(XdpAction.Tx, _plane.Run(new Frame { Source = "203.0.113.5", SourcePort = (ushort)port }.Build(), _output).Action);
        return ServerOf(_output);
    }

    private static int ServerOf(byte[] frame) => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(4));

    private static PlannedService Service(SchedulerKind scheduler, int[] weights, ConnectionLimits[] limits) => TestPlane.Service(
        scheduler, [.. weights.Select((weight, i) => ManyServers.Number(i + 1) with
        {
            Weight = weight,
            UpperThreshold = limits[i].Upper,
            LowerThreshold = limits[i].Lower,
        })]);

    private void AssertRight() => _plane.WithTables(ManyServers.AssertTreesAreRight);

    private static PmService OnlyService(PinnedTables tables)
    {
        Assert.True(tables.Services.TryLookup(Assert.Single(tables.Services.Keys<PmServiceKey>()), out PmService record));
        return record;
    }
}
