using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tests;

[Collection(PlaneCollection.Name)]
public sealed class SweepTests(SharedPlane shared)
{
    private readonly TestPlane _plane = shared.Fresh();

    [Fact]
    public void SomeAreExpired_ExactlyThoseAreRetired()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]));
        for (ushort port = 1000; port < 1300; port++)
        {
            _plane.Run(new Frame { SourcePort = port }.Build(), new byte[60]);
        }

        Expire(port => port % 3 == 0);
        int retired = _plane.Sweep();

        Assert.Equal(100, retired);
        Assert.Equal(200, _plane.Loads().Sum(load => load.Active));
        Assert.All(_plane.Plane.ReadConnections(), entry => Assert.NotEqual(0, entry.Client.Port % 3));
        Assert.Equal(200, _plane.Plane.ReadConnections().Count);
        Assert.Equal(0, _plane.Sweep());
    }

    [Fact]
    public void BudgetOfNothing_CallsGoOnWhereTheyStopped_AndComeRound()
    {
        using var large = new TestPlane(connectionCapacity: 1 << 16);
        large.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        for (ushort port = 1000; port < 1200; port++)
        {
            large.Run(new Frame { SourcePort = port }.Build(), new byte[60]);
        }

        large.ExpireAll();
        int retired = 0;
        int calls = 0;
        while (retired < 200)
        {
            retired += large.Plane.Sweep(TimeSpan.Zero);
            Assert.True(++calls <= 100, "a pass of the table never ended");
        }

        Assert.Equal(0, large.Plane.ReadSnapshot().Connections);
    }

    [Fact]
    public void ManyPersistentClients_ExpiredOnesAreForgotten_OverSeveralPasses()
    {
        using var large = new TestPlane(connectionCapacity: 1 << 15);
        large.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)) with { Persistence = TimeSpan.FromMinutes(5) });
        large.WithTables(tables =>
        {
            var template = new Bpf.PmTemplate { Server = 1, Expiry = (uint)tables.NowTicks() - 1 };
            for (uint client = 0; client < 10_000; client++)
            {
                var key = new Bpf.PmTemplateKey { Client = new Bpf.Be128(IpAddress.FromV4Bits(client)), Vip = new Bpf.Be32(1), Proto = 6 };
                tables.Templates.Update(key, template);
            }

            Assert.Equal(10_000, Tables.TableReader.Templates(tables).Count);
        });

        for (int pass = 0; pass < 20; pass++)
        {
            large.Plane.Sweep(TimeSpan.FromMinutes(1));
        }

        large.WithTables(tables => Assert.Empty(Tables.TableReader.Templates(tables)));
    }

    private void Expire(Func<int, bool> isChosen) => _plane.WithTables(tables =>
    {
        foreach (ref Bpf.PmFlow flow in tables.Flows.Span)
        {
            if (flow.Server != 0 && isChosen(flow.Sport.Value))
            {
                flow.Expiry = (uint)tables.NowTicks() - 1;
            }
        }
    });

    [Fact]
    public void AnyEntries_WhetherOneHasExpired_IsWhatLookingAtEachSays()
    {
        var random = new Base.Prng(5);
        var flows = new Bpf.PmFlow[EntryCount];
        for (int round = 0; round < 2000; round++)
        {
            uint now = (uint)random.NextUInt64();
            foreach (ref Bpf.PmFlow flow in flows.AsSpan())
            {
                flow = new Bpf.PmFlow
                {
                    Saddr = new Bpf.Be32((uint)random.NextUInt64()),
                    Tag = (ushort)random.NextUInt64(),
                    Expiry = now + (random.OneIn(40) ? unchecked((uint)-random.NextInt(3)) : (uint)random.NextInt(int.MaxValue) + 1),
                    Server = random.OneIn(2) ? (ushort)0 : (ushort)(1 + random.NextInt(ushort.MaxValue)),
                    State = (byte)random.NextUInt64(),
                    Flags = (byte)random.NextUInt64(),
                };
            }

            Assert.Equal(
                flows.Any(flow => flow.Server != 0 && (int)(now - flow.Expiry) >= 0), Tables.Sweeper.HasExpired(flows, now));
        }
    }

    private const int EntryCount = 16;
}
