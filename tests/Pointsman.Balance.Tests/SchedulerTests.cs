using Pointsman.Balance.Schedulers;
using Pointsman.Base;

namespace Pointsman.Balance.Tests;

public sealed class SchedulerTests
{
    private readonly Dictionary<int, ServerLoad> _loads = [];

    [Fact]
    public void Rr_FreshService_BeginsWithTheNewestServer() =>
        Assert.Equal("3 2 1 3 2 1", Walk(Fresh(SchedulerKind.Rr, (1, 1), (2, 1), (3, 1)), 6));

    [Fact]
    public void Rr_WeightZero_IsPassedOver() =>
        Assert.Equal("3 1 3 1", Walk(Fresh(SchedulerKind.Rr, (1, 5), (2, 0), (3, 1)), 4));

    [Fact]
    public void Rr_LastChosenRemoved_GoesOnAfterItsPlace()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Rr, (1, 1), (2, 1), (3, 1), (4, 1));
        Walk(scheduler, 2);
        scheduler.Remove(3);
        Assert.Equal("2 1 4 2", Walk(scheduler, 4));
    }

    [Fact]
    public void Rr_ServerAdded_WaitsForTheEndOfTheRound()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Rr, (1, 1), (2, 1), (3, 1));
        Walk(scheduler, 1);
        scheduler.Add(4, 1);
        Assert.Equal("2 1 4 3", Walk(scheduler, 4));
    }

    [Fact]
    public void Rr_FirstServerChosenAndRemoved_BeginsAtTheHead()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Rr, (1, 1), (2, 1));
        Walk(scheduler, 1);
        scheduler.Remove(2);
        Assert.Equal("1 1", Walk(scheduler, 2));
    }

    [Theory]
    [InlineData(SchedulerKind.Rr)]
    [InlineData(SchedulerKind.Wrr)]
    [InlineData(SchedulerKind.Lc)]
    [InlineData(SchedulerKind.Wlc)]
    public void NoUsableServer_NothingIsPicked(SchedulerKind kind)
    {
        Scheduler scheduler = Scheduler.Create(kind, LoadOf);
        Assert.Null(scheduler.Pick());
        scheduler.Add(1, 0);
        Assert.Null(scheduler.Pick());
        scheduler.Edit(1, 1);
        Assert.Equal(1, scheduler.Pick());
        scheduler.Remove(1);
        Assert.Null(scheduler.Pick());
    }

    // The first server alone has one level, 1, which stays while the top rises with each server that is added.
    [Theory]
    [InlineData(4, 2, 1, "3 2 1 1 1 2 1 3 2 1")]
    [InlineData(1, 2, 3, "3 2 1 3 3 2 3 2 1 3")]
    [InlineData(0, 3, 3, "3 2 3 2 3 2 3 2 3 2")]
    public void Wrr_FreshService_BeginsWithOneEachThenByWeight(int first, int second, int third, string walk) =>
        Assert.Equal(walk, Walk(Fresh(SchedulerKind.Wrr, (1, first), (2, second), (3, third)), 10));

    [Fact]
    public void Wrr_CommonDivisor_ShortensThePeriod() =>
        Assert.Equal("2 1 1 2 1 1", Walk(Fresh(SchedulerKind.Wrr, (1, 200), (2, 100)), 6));

    [Fact]
    public void Wrr_WeightEdited_WalkRestartsAtHeadWithItsLevel()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Wrr, (1, 8), (2, 1));
        Assert.Equal("2 1 1 1", Walk(scheduler, 4));
        scheduler.Edit(2, 7);

        // At level 7 of 8; server 2, at the head, now reaches it.
        Assert.Equal("2 1 2 1", Walk(scheduler, 4));
    }

    [Fact]
    public void Wrr_DivisorGrows_LevelComesToTheNearestRound()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Wrr, (1, 9), (2, 1));
        Assert.Equal("2 1 1 1 1 1 1", Walk(scheduler, 7));
        scheduler.Edit(2, 3);

        // Level 5 of 9 by 1 becomes 4 of 7, 4, 1.
        Assert.Equal("1 2 1 1 1 2 1", Walk(scheduler, 7));
    }

    [Fact]
    public void Wrr_LargestRemoved_LevelComesDownToTheNewTop()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Wrr, (1, 9), (2, 2), (3, 1));
        Assert.Equal("3 2 1 1 1", Walk(scheduler, 5));
        scheduler.Remove(1);
        Assert.Equal("2 3 2", Walk(scheduler, 3));
    }

    [Fact]
    public void Lc_Ties_GoToTheNewest()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Lc, (1, 1), (2, 9), (3, 1));
        Assert.Equal(3, scheduler.Pick());
        Assert.Equal(3, scheduler.Pick());
        _loads[3] = new ServerLoad(0, 1);
        Assert.Equal(2, scheduler.Pick());
    }

    [Fact]
    public void Lc_OneActive_WeighsMoreThan256Inactive()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Lc, (1, 1), (2, 1));
        _loads[1] = new ServerLoad(0, 256);
        _loads[2] = new ServerLoad(1, 0);
        Assert.Equal(1, scheduler.Pick());
        _loads[1] = new ServerLoad(0, 258);
        Assert.Equal(2, scheduler.Pick());
    }

    [Fact]
    public void Wlc_OverheadPerWeight_Decides()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Wlc, (1, 3), (2, 1), (3, 0));
        _loads[1] = new ServerLoad(2, 0);
        _loads[2] = new ServerLoad(1, 0);
        Assert.Equal(1, scheduler.Pick());
        _loads[1] = new ServerLoad(3, 0);
        Assert.Equal(2, scheduler.Pick());
    }

    [Fact]
    public void Wlc_CountsAndWeightsAtTheirLargest_StillCompare()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Wlc, (1, int.MaxValue), (2, int.MaxValue - 1));
        _loads[1] = new ServerLoad(int.MaxValue, int.MaxValue);
        _loads[2] = new ServerLoad(int.MaxValue, int.MaxValue);
        Assert.Equal(1, scheduler.Pick());
    }

    [Fact]
    public void Sed_ExpectedDelay_CountsTheConnectionToCome()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Sed, (1, 3), (2, 1));
        Assert.Equal("1", Walk(scheduler, 1));
        _loads[1] = new ServerLoad(3, 0);
        Assert.Equal("2", Walk(scheduler, 1));
    }

    [Fact]
    public void Nq_IdleServer_ComesFirstWhateverItsWeight()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Nq, (1, 1), (2, 9));
        _loads[2] = new ServerLoad(1, 0);
        Assert.Equal("1", Walk(scheduler, 1));
        _loads[1] = new ServerLoad(1, 0);
        Assert.Equal("2", Walk(scheduler, 1));
    }

    [Fact]
    public void Fo_HighestWeight_TakesAll_OfEqualsTheNewest()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Fo, (1, 5), (2, 1), (3, 5));
        Assert.Equal("3 3", Walk(scheduler, 2));
        scheduler.Edit(3, 0);
        Assert.Equal("1 1", Walk(scheduler, 2));
    }

    [Fact]
    public void Ovf_MoreActiveThanItsWeight_FlowsOver()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Ovf, (1, 2), (2, 1));
        _loads[1] = new ServerLoad(2, 9);
        Assert.Equal("1", Walk(scheduler, 1));
        _loads[1] = new ServerLoad(3, 0);
        Assert.Equal("2", Walk(scheduler, 1));
        _loads[2] = new ServerLoad(2, 0);
        Assert.Null(scheduler.Pick());
    }

    // The first and the last draw are both possible: the newest server has one chance more.
    [Theory]
    [InlineData(0, 3, 2)]
    [InlineData(1, 1, 2)]
    [InlineData(2, 2, 1)]
    [InlineData(3, 0, 1)]
    public void Twos_TwoDraws_TheLessLoadedOfThem(int first, int second, int expected)
    {
        var draws = new Queue<long>([first, second]);
        Scheduler scheduler = Scheduler.Create(SchedulerKind.Twos, LoadOf, drawBelow: bound =>
        {
            Assert.Equal(4, bound);
            return draws.Dequeue();
        });
        scheduler.Add(1, 2);
        scheduler.Add(2, 1);

        Assert.Equal(expected, scheduler.Pick());
    }

    [Fact]
    public void Lblc_RememberedServer_StaysUntilItIsLoadedWhileAnotherIdles()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Lblc, (1, 4), (2, 4));
        Assert.Equal("2 2", Walk(scheduler, 2));
        _loads[2] = new ServerLoad(5, 0);
        _loads[1] = new ServerLoad(2, 0);
        Assert.Equal("2", Walk(scheduler, 1));
        _loads[1] = new ServerLoad(1, 0);
        Assert.Equal("1 1", Walk(scheduler, 2));
        scheduler.Edit(1, 0);
        Assert.Equal("2", Walk(scheduler, 1));
    }

    [Theory]
    [InlineData(SchedulerKind.Lblc)]
    [InlineData(SchedulerKind.Lblcr)]
    public void ByDestination_EachAddressIsRemembered_ForADayAfterItWasAskedFor(SchedulerKind kind)
    {
        Scheduler scheduler = Fresh(kind, (1, 10), (2, 10));
        Instant now = Instant.FromSeconds(5);
        Assert.Equal(2, Ask("10.0.0.1", hours: 0));
        _loads[2] = new ServerLoad(1, 0);
        Assert.Equal(1, Ask("10.0.0.2", hours: 0));
        Assert.Equal(2, Ask("10.0.0.1", hours: 23.9));
        Assert.Equal(2, Ask("10.0.0.1", hours: 23.9));
        Assert.Equal(1, Ask("10.0.0.1", hours: 24));
        _loads[1] = new ServerLoad(2, 0);
        Assert.Equal(1, Ask("10.0.0.1", hours: 1));
        Assert.Equal(2, Ask("10.0.0.2", hours: 0));

        int? Ask(string address, double hours)
        {
            now += TimeSpan.FromHours(hours);
            return scheduler.Pick(new ConnectionRequest(default, 0, IpAddress.Parse(address), now));
        }
    }

    [Fact]
    public void Lblcr_SetThatIsUsedButDoesNotChangeForADay_LosesItsMostLoaded()
    {
        Scheduler scheduler = Fresh(SchedulerKind.Lblcr, (1, 1), (2, 1), (3, 0));
        Instant now = Instant.FromSeconds(5);
        Assert.Equal(2, Ask("10.0.0.1", hours: 0));
        _loads[2] = new ServerLoad(2, 0);
        Assert.Equal(1, Ask("10.0.0.1", hours: 0));
        _loads[1] = new ServerLoad(1, 0);
        Assert.Equal(1, Ask("10.0.0.1", hours: 23));
        Assert.Equal(1, Ask("10.0.0.1", hours: 2));

        // The set was of both until then.
        _loads.Clear();
        _loads[1] = new ServerLoad(1, 0);
        Assert.Equal(1, Ask("10.0.0.1", hours: 0));

        int? Ask(string address, double hours)
        {
            now += TimeSpan.FromHours(hours);
            return scheduler.Pick(new ConnectionRequest(default, 0, IpAddress.Parse(address), now));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void OverloadedServer_GetsNothingNew(SchedulerKind kind)
    {
        Scheduler scheduler = Scheduler.Create(kind, LoadOf, ServiceFlags.Fallback, _ => 1);
        scheduler.Add(1, 1);
        scheduler.Add(2, 1);
        _loads[1] = _loads[2] = new ServerLoad(1, 0) { IsOverloaded = true };
        Assert.Null(scheduler.Pick());
        _loads[2] = default;
        Assert.Equal(2, scheduler.Pick());
    }

    [Theory]
    [InlineData(4, 2, "full at 4, free below 2")]
    [InlineData(4, 0, "full at 4, free below 3")]
    [InlineData(10, 0, "full at 10, free below 8")]
    public void Thresholds_ConnectionsComeAndGo_MarkTheServer(int upper, int lower, string expected)
    {
        var limits = new ConnectionLimits(upper, lower);
        ServerLoad load = default;
        int full = 0;
        while (!load.IsOverloaded)
        {
            load = limits.AfterBegin(load.Plus(isActive: full % 2 == 0, 1));
            full++;
        }

        while (load.IsOverloaded)
        {
            load = limits.AfterEnd(load.Plus(isActive: load.Active > 0, -1));
        }

        Assert.Equal(expected, $"full at {full}, free below {load.Total + 1}");
    }

    public static IEnumerable<TheoryDataRow<SchedulerKind>> Kinds =>
        Enum.GetValues<SchedulerKind>().Select(kind => new TheoryDataRow<SchedulerKind>(kind));

    private Scheduler Fresh(SchedulerKind kind, params (int Id, int Weight)[] inOrderAdded)
    {
        Scheduler scheduler = Scheduler.Create(kind, LoadOf);
        foreach ((int id, int weight) in inOrderAdded)
        {
            scheduler.Add(id, weight);
        }

        return scheduler;
    }

    private ServerLoad LoadOf(int id) => _loads.GetValueOrDefault(id);

    private static string Walk(Scheduler scheduler, int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => scheduler.Pick()));
}
