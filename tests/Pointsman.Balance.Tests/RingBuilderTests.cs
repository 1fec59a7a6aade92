using System.Collections.Immutable;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;

namespace Pointsman.Balance.Tests;

public sealed class RingBuilderTests
{
    private static readonly SchedulerKind[] WithCursor = [SchedulerKind.Rr, SchedulerKind.Wrr];

    [Fact]
    public void Wrr_SmallWeights_RingIsOnePeriod()
    {
        SchedulerRing ring = RingBuilder.Build(SchedulerKind.Wrr, [new(1, 4), new(2, 2), new(3, 2)]);
        Assert.Equal([1, 3, 2, 1], ring.Servers);
        Assert.Equal(1, ring.Start);
        Assert.Equal([1, 1, 3, 2], ring.LaidFor(2));
    }

    [Theory]
    [InlineData(SchedulerKind.Lc)]
    [InlineData(SchedulerKind.Wlc)]
    public void LeastConnections_Ring_ListsUsableServersNewestFirst(SchedulerKind kind)
    {
        SchedulerRing ring = RingBuilder.Build(kind, [new(1, 100), new(2, 0), new(3, 1)]);
        Assert.Equal([3, 1], ring.Servers);
        Assert.Equal([3, 1], ring.LaidFor(7));
    }

    [Theory]
    [InlineData(SchedulerKind.Rr)]
    [InlineData(SchedulerKind.Wrr)]
    [InlineData(SchedulerKind.Lc)]
    [InlineData(SchedulerKind.Wlc)]
    public void NoUsableServer_Ring_IsEmpty(SchedulerKind kind)
    {
        SchedulerRing none = RingBuilder.Build(kind, [new(1, 0)]);
        Assert.Empty(none.Servers);
        Assert.Empty(none.LaidFor(5));
        SchedulerRing again = RingBuilder.Continue(none, 5, [new(1, 1), new(2, 1)]);
        Assert.NotEmpty(again.Servers);
        Assert.Empty(RingBuilder.Continue(again, 3, []).Servers);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void FreshService_RingWalked_EqualsTheSchedulersOwnWalk(int seed)
    {
        var prng = new Prng((ulong)seed);
        foreach (SchedulerKind kind in WithCursor)
        {
            List<WeightedServer> servers = RandomServers(prng);
            Scheduler scheduler = SchedulerOf(kind, servers);
            SchedulerRing ring = RingBuilder.Build(kind, servers, int.MaxValue);
            AssertSameWalk(scheduler, ring, prng.NextInt(1000));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void ServersChangeOneByOne_RingContinued_EqualsTheSchedulersOwnWalk(int seed)
    {
        var prng = new Prng((ulong)seed);
        foreach (SchedulerKind kind in WithCursor)
        {
            List<WeightedServer> servers = RandomServers(prng);
            Scheduler scheduler = SchedulerOf(kind, servers);
            SchedulerRing ring = RingBuilder.Build(kind, servers, int.MaxValue);
            ulong cursor = (ulong)prng.NextInt(1000);
            for (int change = 0; change < 12; change++)
            {
                ulong placed = AssertSameWalk(scheduler, ring, (int)cursor, prng.NextInt(40));
                ChangeOne(prng, servers, scheduler);
                ring = RingBuilder.Continue(ring, placed, servers, int.MaxValue);
                cursor += placed;
            }

            AssertSameWalk(scheduler, ring, (int)cursor, 100);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WrrPeriod_EachServer_IsTakenByItsWeight(int seed)
    {
        List<WeightedServer> servers = RandomServers(new Prng((ulong)seed));
        SchedulerRing ring = RingBuilder.Build(SchedulerKind.Wrr, servers, int.MaxValue);
        long sum = servers.Sum(server => server.Weight);
        foreach (WeightedServer server in servers)
        {
            Assert.Equal(server.Weight * (long)ring.Servers.Length, ring.Servers.Count(id => id == server.Id) * sum);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WrrLargeWeights_Ring_IsBoundedAndSharesStayRight(int seed)
    {
        var prng = new Prng((ulong)seed);
        const int maxLength = 256;
        List<WeightedServer> servers =
            [.. Enumerable.Range(1, 1 + prng.NextInt(60)).Select(id => new WeightedServer(id, prng.NextInt(65536)))];
        SchedulerRing ring = RingBuilder.Build(SchedulerKind.Wrr, servers, maxLength);
        Assert.True(ring.Servers.Length <= maxLength, $"{ring.Servers.Length} places");

        ImmutableArray<int> weights = [.. servers.Select(server => server.Weight)];
        ImmutableArray<int> bounded = RingWeights.Bounded(weights, maxLength);
        double sum = weights.Sum(weight => (double)weight);
        double places = bounded.Sum();
        for (int i = 0; i < servers.Count; i++)
        {
            int taken = ring.Servers.Count(id => id == servers[i].Id);
            Assert.True(weights[i] == 0 ? taken == 0 : taken >= 1, $"weight {weights[i]} is taken {taken} times");
            double exact = weights[i] / sum * places;

            // Servers that would get less than a place get one, at the others' expense; of 60 it is a fraction.
            Assert.True(bounded[i] < exact + 1.001 && bounded[i] > (exact * 0.8) - 1, $"{bounded[i]} places for {exact}");
        }
    }

    [Fact]
    public void WrrWeightsBeyondTheBound_OneServerAlone_HasAShortRing() =>
        Assert.Equal([1], RingBuilder.Build(SchedulerKind.Wrr, [new(1, int.MaxValue)], 16).Servers);

    [Fact]
    public void WrrMoreServersThanTheBound_EachHasOnePlace()
    {
        WeightedServer[] servers = [.. Enumerable.Range(1, 40).Select(id => new WeightedServer(id, 1000 + id))];
        SchedulerRing ring = RingBuilder.Build(SchedulerKind.Wrr, servers, 16);
        Assert.Equal(servers.Select(server => server.Id).Reverse(), ring.Servers);
    }

    [Fact]
    public void WrrLargestPossibleWeights_SumDoesNotOverflow()
    {
        WeightedServer[] servers = [.. Enumerable.Range(1, 8192).Select(id => new WeightedServer(id, int.MaxValue - id))];
        Assert.Equal(8192, RingBuilder.Build(SchedulerKind.Wrr, servers).Servers.Length);
    }

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 60).Select(seed => new TheoryDataRow<int>(seed));

    private static List<WeightedServer> RandomServers(Prng prng)
    {
        int unit = 1 + prng.NextInt(4);
        return [.. Enumerable.Range(1, 1 + prng.NextInt(8)).Select(id => new WeightedServer(id, RandomWeight(prng, unit)))];
    }

    private static int RandomWeight(Prng prng, int unit) => prng.OneIn(5) ? 0 : unit * prng.NextInt(7);

    private static Scheduler SchedulerOf(SchedulerKind kind, IEnumerable<WeightedServer> inOrderAdded)
    {
        Scheduler scheduler = Scheduler.Create(kind, _ => default);
        foreach (WeightedServer server in inOrderAdded)
        {
            scheduler.Add(server.Id, server.Weight);
        }

        return scheduler;
    }

    private static void ChangeOne(Prng prng, List<WeightedServer> servers, Scheduler scheduler)
    {
        int choice = prng.NextInt(3);
        if (choice == 0 || servers.Count == 0)
        {
            var added = new WeightedServer(100 + (int)(prng.NextUInt64() % 1_000_000), RandomWeight(prng, 1));
            servers.Add(added);
            scheduler.Add(added.Id, added.Weight);
            return;
        }

        int index = prng.NextInt(servers.Count);
        WeightedServer server = servers[index];
        if (choice == 1)
        {
            servers.RemoveAt(index);
            scheduler.Remove(server.Id);
            return;
        }

        servers[index] = server with { Weight = RandomWeight(prng, 2) };
        scheduler.Edit(server.Id, servers[index].Weight);
    }

    /// <summary>Walks as the data path does: by a cursor that is never set back. Returns the connections placed.</summary>
    private static ulong AssertSameWalk(Scheduler scheduler, SchedulerRing ring, int cursor, int count = 200)
    {
        ImmutableArray<int> laid = ring.LaidFor((ulong)cursor);
        for (int i = 0; i < count; i++)
        {
            int? expected = scheduler.Pick();
            int? actual = laid.IsEmpty ? null : laid[(cursor + i) % laid.Length];
            Assert.Equal(expected, actual);
            if (actual is null)
            {
                return 0;
            }
        }

        return (ulong)count;
    }
}
