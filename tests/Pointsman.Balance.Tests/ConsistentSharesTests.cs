using System.Collections.Immutable;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;

namespace Pointsman.Balance.Tests;

/// <summary>Sharing out by hash: everybody by weight, and few move when one goes.</summary>
public sealed class ConsistentSharesTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(100)]
    [InlineData(1000)]
    public void OneGoes_FewOfTheOthersPlacesMove(int count)
    {
        ImmutableArray<int> before = ConsistentShares.Build([.. Servers(count + 1)]);
        ImmutableArray<int> after = ConsistentShares.Build([.. Servers(count + 1).Where(server => server.Id != 1)], before.Length);

        Assert.DoesNotContain(1, after);
        Assert.Equal(before.Length, after.Length);
        int moved = before.Zip(after).Count(pair => pair.First != 1 && pair.First != pair.Second);
        Assert.InRange(moved, 0, before.Length / 5);
    }

    [Fact]
    public void SharesAreEqual_AndWithoutWeightThereIsNone()
    {
        ImmutableArray<int> places = ConsistentShares.Build(
            [Server(1, 1), Server(2, 3), Server(3, 0), Server(4, 4)]);

        Assert.Equal(251, places.Length);
        Dictionary<int, int> share = places.CountBy(id => id).ToDictionary();
        Assert.Equal([1, 2, 4], share.Keys.Order());
        Assert.All(share.Values, value => Assert.InRange(value, 83, 84));
    }

    [Fact]
    public void NobodyUsable_NoTable() => Assert.Empty(ConsistentShares.Build([Server(1, 0)]));

    // Several directors share out alike if they are asked alike.
    [Fact]
    public void OrderOfTheConfiguration_DoesNotMatter() => Assert.Equal(
        ConsistentShares.Build([.. Servers(20)]), ConsistentShares.Build([.. Servers(20).Reverse()]));

    private static IEnumerable<WeightedServer> Servers(int count) => Enumerable.Range(1, count).Select(id => Server(id, 1));

    private static WeightedServer Server(int id, int weight) =>
        new(id, weight) { Address = new TransportEndpoint(IpAddress.Parse($"10.0.{id / 256}.{id % 256}"), 80) };
}
