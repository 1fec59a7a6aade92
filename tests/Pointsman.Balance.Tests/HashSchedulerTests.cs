using System.Collections.Immutable;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;

namespace Pointsman.Balance.Tests;

public sealed class HashSchedulerTests
{
    // The vector of the SipHash paper is for eight bytes and more; these are its authors' for none to seven.
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31ul)]
    [InlineData(1, 0x74f839c593dc67fdul)]
    [InlineData(4, 0xcf2794e0277187b7ul)]
    [InlineData(7, 0xab0200f58b01d137ul)]
    public void SipHash24_AuthorsVectors_AreReproduced(int byteCount, ulong expected)
    {
        ulong bytes = 0;
        for (int i = 0; i < byteCount; i++)
        {
            bytes |= (ulong)i << (8 * i);
        }

        Assert.Equal(
            expected, SipHash.Compute(0x0706050403020100, 0x0f0e0d0c0b0a0908, bytes, byteCount, rounds: 2, lastRounds: 4));
    }

    // hash_32(v, 8) of the kernel, worked out by hand: (v * 0x61C88647) mod 2^32 >> 24.
    [Theory]
    [InlineData(0u, 0)]
    [InlineData(1u, 0x61)]
    [InlineData(2u, 0xc3)]
    [InlineData(0xffffffffu, 0x9e)]
    public void HashPlace_KnownValues_AreTheKernels(uint value, int place) => Assert.Equal(place, HashTables.PlaceOf(value));

    [Fact]
    public void Sh_Table_GivesEachServerItsWeightInTurn_NewestFirst()
    {
        ImmutableArray<int> table = RingBuilder.Build(SchedulerKind.Sh, [new(1, 2), new(2, 0), new(3, 1)]).Servers;

        Assert.Equal(256, table.Length);
        Assert.Equal([3, 2, 1, 1, 3, 2, 1, 1], table[..8]);
    }

    [Fact]
    public void Dh_Table_TakesServersInTurn_WeightsAside() =>
        Assert.Equal([3, 2, 1, 3], RingBuilder.Build(SchedulerKind.Dh, [new(1, 9), new(2, 0), new(3, 1)]).Servers[..4]);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Mh_Table_SharesFollowTheWeights(int seed)
    {
        var prng = new Prng((ulong)seed);
        WeightedServer[] servers = [.. Enumerable.Range(1, 2 + prng.NextInt(6)).Select(id => At(id, 1 + prng.NextInt(5)))];
        ImmutableArray<int> table = RingBuilder.Build(SchedulerKind.Mh, servers).Servers;
        double sum = servers.Sum(server => server.Weight);

        Assert.Equal(4093, table.Length);
        foreach (WeightedServer server in servers)
        {
            double expected = table.Length * server.Weight / sum;
            Assert.InRange(table.Count(id => id == server.Id), expected - 6, expected + 6);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Mh_ServerGoes_AlmostOnlyItsPlacesMove(int seed)
    {
        var prng = new Prng((ulong)seed);
        WeightedServer[] servers = [.. Enumerable.Range(1, 8).Select(id => At(id, 1) with
        {
            Address = new TransportEndpoint(IpAddress.FromV4Bits((uint)prng.NextUInt64()), 80),
        })];
        ImmutableArray<int> before = RingBuilder.Build(SchedulerKind.Mh, servers).Servers;
        ImmutableArray<int> after = RingBuilder.Build(SchedulerKind.Mh, servers[1..]).Servers;

        int moved = before.Zip(after).Count(pair => pair.First != 1 && pair.First != pair.Second);
        Assert.DoesNotContain(1, after);
        Assert.True(moved < before.Length / 8, $"{moved} places of other servers moved");
    }

    [Fact]
    public void Mh_WeightFallsToZero_TableStays()
    {
        WeightedServer quiesced = At(2, 0) with { LastWeight = 3 };
        Assert.Equal(
            RingBuilder.Build(SchedulerKind.Mh, [At(1, 1), At(2, 3)]).Servers,
            RingBuilder.Build(SchedulerKind.Mh, [At(1, 1), quiesced]).Servers);
        Assert.Equal([1], RingBuilder.Build(SchedulerKind.Mh, [At(1, 1), At(2, 0)]).Servers.Distinct());
    }

    [Theory]
    [InlineData(SchedulerKind.Sh)]
    [InlineData(SchedulerKind.Mh)]
    public void Flags_PortCounts_OnlyWhenAsked(SchedulerKind kind)
    {
        Scheduler plain = Fresh(kind, ServiceFlags.None);
        Scheduler withPort = Fresh(kind, ServiceFlags.Port);

        Assert.Single(Picks(plain).Distinct());
        Assert.Equal(4, Picks(withPort).Distinct().Count());
    }

    [Theory]
    [InlineData(SchedulerKind.Sh)]
    [InlineData(SchedulerKind.Mh)]
    public void QuiescedServer_Fallback_FindsAnother_WithoutItNone(SchedulerKind kind)
    {
        Scheduler plain = Fresh(kind, ServiceFlags.Port);
        Scheduler falling = Fresh(kind, ServiceFlags.Port | ServiceFlags.Fallback);
        plain.Edit(3, 0);
        falling.Edit(3, 0);

        Assert.Contains(null, Picks(plain));
        Assert.DoesNotContain(null, Picks(falling));
        Assert.DoesNotContain(3, Picks(falling));
        Assert.All(Picks(plain).Zip(Picks(falling)).Where(pair => pair.First is not null), pair => Assert.Equal(pair.First, pair.Second));
    }

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 20).Select(seed => new TheoryDataRow<int>(seed));

    private static Scheduler Fresh(SchedulerKind kind, ServiceFlags flags)
    {
        Scheduler scheduler = Scheduler.Create(kind, _ => default, flags);
        for (int id = 1; id <= 4; id++)
        {
            scheduler.Add(At(id, 1));
        }

        return scheduler;
    }

    private static List<int?> Picks(Scheduler scheduler) => [.. Enumerable.Range(1000, 200).Select(port =>
        scheduler.Pick(new ConnectionRequest(IpAddress.Parse("203.0.113.9"), (ushort)port, IpAddress.Parse("192.0.2.1"))))];

    private static WeightedServer At(int id, int weight) =>
        new(id, weight) { Address = new TransportEndpoint(IpAddress.FromV4Bits(0x0a000000 + (uint)id), 80) };
}
