using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Health.Tests;

/// <summary>What a reload keeps of running checks, and what it does not.</summary>
public sealed class ContinuedMonitorTests
{
    private static readonly TransportEndpoint Web1 = new(IpAddress.Parse("192.168.1.130"), 80);
    private static readonly TransportEndpoint Web1Admin = new(IpAddress.Parse("192.168.1.130"), 8080);
    private static readonly TransportEndpoint Web2 = new(IpAddress.Parse("192.168.1.131"), 80);
    private static readonly ServerId First = new(0, 0);
    private static readonly ServerId Second = new(0, 1);

    private readonly List<HealthAction> _actions = [];

    [Fact]
    public void SameCheck_WithAProbeUnderWay_TakesItsOutcome()
    {
        HealthMonitor before = Started(Server(First, Web1, Web1));
        ProbeId probe = Assert.Single(RunProbes(before));

        HealthMonitor after = Continue(before, Server(First, Web1, Web1));
        after.OnOutcome(Instant.FromSeconds(1), probe, CheckTimeline.Bad, _actions);

        Assert.False(after.IsUp(First));
        Assert.Equal(Instant.FromSeconds(11), after.Deadline);
    }

    [Fact]
    public void ServerMovesInTheFile_ItsCheckGoesWithIt()
    {
        HealthMonitor before = Started(Server(First, Web1, Web1), Server(Second, Web2, Web2));
        ImmutableArray<ProbeId> probes = RunProbes(before);
        before.OnOutcome(Instant.FromSeconds(1), probes[1], CheckTimeline.Bad, _actions);

        // Web1 is gone, and Web2 stands first.
        HealthMonitor after = before.Continue([Server(First, Web2, Web2)], _ => Second);
        after.Start(Instant.FromSeconds(2), new Prng(2));
        _actions.Clear();
        after.OnOutcome(Instant.FromSeconds(2), probes[0], CheckTimeline.Bad, _actions);

        Assert.Empty(_actions);
        Assert.False(after.IsUp(First));
        Assert.Equal("connection refused", after.Describe(First).Reason);
        Assert.Equal(Instant.FromSeconds(1), after.Describe(First).ChangedAt);
        Assert.Equal(Instant.FromSeconds(11), after.Deadline);
    }

    [Fact]
    public void NewServer_IsUpAtOnce_AndItsCheckHasANumberOfItsOwn()
    {
        HealthMonitor before = Started(Server(First, Web1, Web1));
        ProbeId old = Assert.Single(RunProbes(before));

        HealthMonitor after = before.Continue([Server(First, Web2, Web2)], _ => null);
        after.Start(Instant.FromSeconds(2), new Prng(2));
        after.OnOutcome(Instant.FromSeconds(2), old, CheckTimeline.Bad, _actions);

        Assert.True(after.IsUp(First));
        Assert.NotEqual(old.Check, Assert.Single(RunProbes(after)).Check);
    }

    [Fact]
    public void CheckOfADownServerIsChanged_ServerStaysDownUntilItAnswers()
    {
        HealthMonitor before = Started(Server(First, Web1, Web1));
        before.OnOutcome(Instant.FromSeconds(1), Assert.Single(RunProbes(before)), CheckTimeline.Bad, _actions);

        HealthMonitor after = Continue(before, Server(First, Web1, Web1Admin));
        Assert.False(after.IsUp(First));

        after.OnOutcome(Instant.FromSeconds(9), Assert.Single(RunProbes(after)), CheckTimeline.Good, _actions);
        Assert.True(after.IsUp(First));
    }

    [Fact]
    public void CheckOfAnUpServerIsChanged_ServerStaysUpUntilItFails()
    {
        HealthMonitor before = Started(Server(First, Web1, Web1));
        before.OnOutcome(Instant.FromSeconds(1), Assert.Single(RunProbes(before)), CheckTimeline.Good, _actions);

        HealthMonitor after = Continue(before, Server(First, Web1, Web1Admin));

        Assert.True(after.IsUp(First));
    }

    [Fact]
    public void TheCheckThatFailedIsRemoved_ServerIsUp_AndSaysWhy()
    {
        HealthMonitor before = Started(Server(First, Web1, Web1, Web1Admin));
        before.OnOutcome(Instant.FromSeconds(1), RunProbes(before)[1], CheckTimeline.Bad, _actions);
        Assert.False(before.IsUp(First));

        HealthMonitor after = Continue(before, Server(First, Web1, Web1));

        Assert.True(after.IsUp(First));
        Assert.Equal("the check that held it down is not configured any more", after.Describe(First).Reason);
    }

    [Fact]
    public void TwoEqualChecks_BothGoOn()
    {
        HealthMonitor before = Started(Server(First, Web1, Web1, Web1));
        ImmutableArray<ProbeId> probes = RunProbes(before);

        HealthMonitor after = Continue(before, Server(First, Web1, Web1, Web1));
        after.OnOutcome(Instant.FromSeconds(1), probes[0], CheckTimeline.Bad, _actions);
        after.OnOutcome(Instant.FromSeconds(1), probes[1], CheckTimeline.Bad, _actions);

        Assert.Equal(2, _actions.OfType<HealthAction.CheckChanged>().Count());
    }

    private static ServerDefinition Server(ServerId id, TransportEndpoint address, params TransportEndpoint[] targets) => new(
        id, address, TransportProtocol.Tcp, [.. targets.Select(target => new CheckDefinition(target, CheckTimeline.Settings))]);

    private static HealthMonitor Started(params ServerDefinition[] servers)
    {
        var monitor = new HealthMonitor(servers);
        monitor.Start(Instant.Zero, new Prng(1));
        return monitor;
    }

    private HealthMonitor Continue(HealthMonitor before, params ServerDefinition[] servers)
    {
        HealthMonitor after = before.Continue(servers, id => id);
        after.Start(Instant.FromSeconds(2), new Prng(2));
        _actions.Clear();
        return after;
    }

    private ImmutableArray<ProbeId> RunProbes(HealthMonitor monitor)
    {
        _actions.Clear();
        monitor.OnDeadline(monitor.Deadline!.Value, _actions);
        ImmutableArray<ProbeId> probes = [.. _actions.OfType<HealthAction.StartProbe>().Select(action => action.Id)];
        _actions.Clear();
        return probes;
    }
}
