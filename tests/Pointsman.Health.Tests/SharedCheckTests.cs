using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Health.Tests;

/// <summary>One check for all virtual servers that ask the same of one real server.</summary>
public sealed class SharedCheckTests
{
    private static readonly TransportEndpoint Web1 = new(IpAddress.Parse("192.168.1.130"), 80);
    private static readonly TransportEndpoint Web2 = new(IpAddress.Parse("192.168.1.131"), 80);
    private static readonly ServerId First = new(0, 0);
    private static readonly ServerId Second = new(1, 0);
    private static readonly ServerId Third = new(2, 0);

    private readonly List<HealthAction> _actions = [];

    [Fact]
    public void SameCheckOfOneServer_RunsOnce_AndTurnsAll()
    {
        HealthMonitor monitor = Started(Server(First, Web1), Server(Second, Web1), Server(Third, Web2));
        Assert.Equal(2, monitor.CheckCount);

        FailAll(monitor);

        Assert.Equal([First, Second, Third], _actions.OfType<HealthAction.ServerChanged>().Select(change => change.Server).Order());
        Assert.Equal(3, _actions.OfType<HealthAction.CheckChanged>().Count());
        Assert.All([First, Second, Third], server => Assert.False(monitor.IsUp(server)));
    }

    [Fact]
    public void SwitchedOff_EachRunsByItself() =>
        Assert.Equal(2, Started(Server(First, Web1, shares: false), Server(Second, Web1, shares: false)).CheckCount);

    [Fact]
    public void OtherTarget_OtherTiming_OtherRoad_RunByThemselves()
    {
        CheckDefinition check = new(Web1, CheckTimeline.Settings);
        ServerDefinition[] servers =
        [
            Server(First, Web1),
            Server(Second, Web1) with { Checks = [check with { Target = Web2 }] },
            Server(Third, Web1) with { Checks = [check with { Settings = CheckTimeline.Settings with { Retry = 9 } }] },
            Server(new ServerId(3, 0), Web1) with { Checks = [check with { Road = new ClientRoad(Web2) }] },
            Server(new ServerId(4, 0), Web2) with { Checks = [check] },
        ];
        Assert.Equal(5, Started(servers).CheckCount);
    }

    [Fact]
    public void ServerThatWasDown_DoesNotShareWithOneThatIsUp()
    {
        HealthMonitor monitor = Started(Server(First, Web1), Server(Second, Web1) with { WasDown = true });
        Assert.Equal(2, monitor.CheckCount);
        Assert.False(monitor.IsUp(Second));
    }

    [Fact]
    public void AllButOneRest_TheSharedCheckGoesOn()
    {
        HealthMonitor monitor = Started(Server(First, Web1), Server(Second, Web1));
        monitor.Suspended = [0];
        Assert.Single(Probes(monitor));
        monitor = Started(Server(First, Web1), Server(Second, Web1));
        monitor.Suspended = [0, 1];
        Assert.Empty(Probes(monitor));
    }

    [Fact]
    public void Reload_NewServerJoinsTheRunningCheck_AndKnowsItsVerdict()
    {
        HealthMonitor before = Started(Server(Second, Web1));
        FailAll(before);

        HealthMonitor after = before.Continue([Server(First, Web1), Server(Second, Web1)], id => id == Second ? Second : null);

        Assert.Equal(1, after.CheckCount);
        Assert.False(after.IsUp(First));
        Assert.Equal("the same check has failed for another virtual server", after.Describe(First).Reason);
        Assert.Equal("connection refused", after.Describe(Second).Reason);
    }

    [Fact]
    public void ReloadSwitchesSharingOff_EachGoesOnByItself_NoneRisesUnproven()
    {
        HealthMonitor before = Started(Server(First, Web1), Server(Second, Web1));
        FailAll(before);

        HealthMonitor after = before.Continue([Server(First, Web1, shares: false), Server(Second, Web1, shares: false)], id => id);
        after.Start(Instant.FromSeconds(50), new Prng(3));

        Assert.Equal(2, after.CheckCount);
        Assert.False(after.IsUp(First));
        Assert.False(after.IsUp(Second));
    }

    [Fact]
    public void ReloadSwitchesSharingOn_OneGoesOn()
    {
        HealthMonitor before = Started(Server(First, Web1, shares: false), Server(Second, Web1, shares: false));
        HealthMonitor after = before.Continue([Server(First, Web1), Server(Second, Web1)], id => id);
        Assert.Equal(1, after.CheckCount);
        FailAll(after);
        Assert.False(after.IsUp(First));
        Assert.False(after.IsUp(Second));
    }

    [Fact]
    public void TenThousandChecks_BeginSpreadOverTheirDelayLoop()
    {
        CheckSettings settings = CheckTimeline.Settings with { DelayLoop = TimeSpan.FromSeconds(6), Warmup = TimeSpan.FromSeconds(6) };
        var monitor = new HealthMonitor(Enumerable.Range(0, 10_000).Select(i => Server(new ServerId(0, i), Web1, shares: false) with
        {
            Checks = [new CheckDefinition(Web1, settings)],
        }));
        monitor.Start(Instant.Zero, new Prng(7));
        int[] perSecond = new int[8];
        while (monitor.Deadline is { } due && due < Instant.FromSeconds(8))
        {
            _actions.Clear();
            monitor.OnDeadline(due, _actions);
            perSecond[(int)(due - Instant.Zero).TotalSeconds] += _actions.OfType<HealthAction.StartProbe>().Count();
        }

        Assert.All(perSecond[1..7], count => Assert.InRange(count, 1500, 1840));
        Assert.Equal(10_000, perSecond.Sum());
    }

    [Fact]
    public void CheckBeginsLate_IsTold_OnceAMinute()
    {
        HealthMonitor monitor = Started(Server(First, Web1), Server(Second, Web2));
        Instant late = Instant.FromSeconds(90);
        _actions.Clear();
        monitor.OnDeadline(late, _actions);

        Assert.Equal(2, monitor.Overdue.Count);
        Assert.InRange(monitor.Overdue.Worst.TotalSeconds, 80, 90);
        Assert.StartsWith("1 check was overdue by up to", Assert.Single(_actions.OfType<HealthAction.Overdue>()).LogLine, StringComparison.Ordinal);
    }

    [Fact]
    public void OutcomeLaterThanTheProbeMayTake_IsOverdue_OneInTimeIsNot()
    {
        HealthMonitor monitor = Started(Server(First, Web1));
        Instant due = monitor.Deadline!.Value;
        ProbeId probe = Assert.Single(Probes(monitor));
        monitor.OnOutcome(due + CheckTimeline.Settings.ConnectTimeout, probe, CheckTimeline.Good, _actions);
        Assert.Equal((1, 0), (monitor.Overdue.Finished, monitor.Overdue.Count));

        due = monitor.Deadline!.Value;
        probe = Assert.Single(Probes(monitor));
        monitor.OnOutcome(due + CheckTimeline.Settings.ConnectTimeout + TimeSpan.FromSeconds(3), probe, CheckTimeline.Good, _actions);
        Assert.Equal((2, 1), (monitor.Overdue.Finished, monitor.Overdue.Count));
        Assert.Equal(3, monitor.Overdue.Worst.TotalSeconds, 3);
    }

    private static ServerDefinition Server(ServerId id, TransportEndpoint address, bool shares = true) =>
        new(id, address, TransportProtocol.Tcp, [new CheckDefinition(address, CheckTimeline.Settings)]) { SharesChecks = shares };

    private static HealthMonitor Started(params ServerDefinition[] servers)
    {
        var monitor = new HealthMonitor(servers);
        monitor.Start(Instant.Zero, new Prng(1));
        return monitor;
    }

    private ImmutableArray<ProbeId> Probes(HealthMonitor monitor)
    {
        _actions.Clear();
        monitor.OnDeadline(monitor.Deadline!.Value, _actions);
        return [.. _actions.OfType<HealthAction.StartProbe>().Select(action => action.Id)];
    }

    private void FailAll(HealthMonitor monitor)
    {
        var all = new List<HealthAction>();
        for (int i = 0; i < monitor.CheckCount; i++)
        {
            Instant now = monitor.Deadline!.Value;
            foreach (ProbeId probe in Probes(monitor))
            {
                monitor.OnOutcome(now, probe, CheckTimeline.Bad, all);
            }
        }

        _actions.Clear();
        _actions.AddRange(all);
    }
}
