using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Health.Tests;

public sealed class HealthMonitorTests
{
    private static readonly TransportEndpoint Web1 = new(IpAddress.Parse("192.168.1.130"), 80);
    private static readonly TransportEndpoint Web1Admin = new(IpAddress.Parse("192.168.1.130"), 8080);
    private static readonly TransportEndpoint Web2 = new(IpAddress.Parse("192.168.1.131"), 80);
    private static readonly ServerId First = new(0, 0);
    private static readonly ServerId Second = new(0, 1);

    private readonly List<HealthAction> _actions = [];

    [Fact]
    public void ServerWithoutChecks_IsUpForEverAndWantsNothing()
    {
        var monitor = new HealthMonitor([Server(First, Web1) with { WasDown = true }]);
        monitor.Start(Instant.Zero, new Prng(1));

        Assert.True(monitor.IsUp(First));
        Assert.Null(monitor.Deadline);
        Assert.Equal("no check configured", monitor.Describe(First).Reason);
    }

    [Fact]
    public void TwoChecks_OneFails_ServerIsDownUntilBothSucceed()
    {
        HealthMonitor monitor = Started(Server(First, Web1, Web1, Web1Admin));
        ImmutableArray<ProbeId> probes = RunProbes(monitor);

        monitor.OnOutcome(Instant.FromSeconds(1), probes[0], CheckTimeline.Bad, _actions);
        monitor.OnOutcome(Instant.FromSeconds(1), probes[1], CheckTimeline.Bad, _actions);
        Assert.Equal(
            [
                new HealthAction.CheckChanged(
                    First, IsUp: false, "TCP_CHECK on service [192.168.1.130]:tcp:80 failed. (connection refused)", new CheckMethod.Tcp(), "connection refused"),
                new HealthAction.ServerChanged(First, IsUp: false, "connection refused"),
                new HealthAction.CheckChanged(
                    First, IsUp: false, "TCP_CHECK on service [192.168.1.130]:tcp:80 failed. (connection refused)", new CheckMethod.Tcp(), "connection refused"),
            ],
            _actions);

        probes = RunProbes(monitor);
        monitor.OnOutcome(Instant.FromSeconds(12), probes[0], CheckTimeline.Good, _actions);
        Assert.False(monitor.IsUp(First));
        monitor.OnOutcome(Instant.FromSeconds(12), probes[1], CheckTimeline.Good, _actions);
        Assert.True(monitor.IsUp(First));
        Assert.Equal(
            new HealthAction.ServerChanged(First, IsUp: true, "check of 192.168.1.130:8080: connected in 1.0 ms"),
            _actions[^1]);
    }

    [Fact]
    public void LaterFailure_LogsKeepalivedsWordsWithTheRetries()
    {
        HealthMonitor monitor = Started(Server(First, Web1, Web1));
        Answer(monitor, CheckTimeline.Good);
        for (int attempt = 0; attempt < 4; attempt++)
        {
            Answer(monitor, new ProbeOutcome.TimedOut());
        }

        Assert.Equal(
            [
                new HealthAction.CheckChanged(
                    First,
                    IsUp: false,
                    "TCP_CHECK on service [192.168.1.130]:tcp:80 failed after 3 retries. (connection timed out)",
                    new CheckMethod.Tcp(),
                    "connection timed out"),
                new HealthAction.ServerChanged(First, IsUp: false, "connection timed out (4 attempts)"),
            ],
            _actions);
    }

    [Theory]
    [InlineData("192.168.1.130", "TCP connection to [192.168.1.130]:tcp:80 success.")]
    [InlineData("fd00::130", "TCP connection to [fd00::130]:tcp:80 success.")]
    public void Recovery_LogsKeepalivedsWords(string address, string line)
    {
        var endpoint = new TransportEndpoint(IpAddress.Parse(address), 80);
        HealthMonitor monitor = Started(Server(First, endpoint, endpoint));
        Answer(monitor, CheckTimeline.Bad);
        Answer(monitor, CheckTimeline.Good);

        Assert.Equal(
            [
                new HealthAction.CheckChanged(First, IsUp: true, line, new CheckMethod.Tcp(), "connected in 1.0 ms"),
                new HealthAction.ServerChanged(First, IsUp: true, "connected in 1.0 ms"),
            ],
            _actions);
    }

    [Fact]
    public void StartProbe_CarriesTargetTimeoutAndBinding()
    {
        var bind = new ProbeBinding(IpAddress.Parse("192.168.1.128"));
        var check = new CheckDefinition(Web1Admin, CheckTimeline.Settings) { Binding = bind };
        HealthMonitor monitor = Started(new ServerDefinition(First, Web1, TransportProtocol.Tcp, [check]));

        monitor.OnDeadline(Instant.FromSeconds(1), _actions);

        Assert.Equal(
            [
                new HealthAction.StartProbe(new ProbeId(0, 1), new ProbeRequest(CheckTimeline.Connect, Web1Admin, TimeSpan.FromSeconds(3))
                {
                    Binding = bind,
                    Limit = TimeSpan.FromSeconds(3),
                }),
            ],
            _actions);
    }

    [Fact]
    public void Deadline_IsTheEarliestOfAllChecks()
    {
        CheckSettings quick = CheckTimeline.Settings with { DelayLoop = TimeSpan.FromSeconds(2) };
        HealthMonitor monitor = Started(
            Server(First, Web1, Web1),
            new ServerDefinition(Second, Web2, TransportProtocol.Tcp, [new CheckDefinition(Web2, quick)]));
        ImmutableArray<ProbeId> probes = RunProbes(monitor);
        Assert.Equal(2, probes.Length);

        monitor.OnOutcome(Instant.FromSeconds(1), probes[0], CheckTimeline.Good, _actions);
        Assert.Equal(Instant.FromSeconds(11), monitor.Deadline);
        monitor.OnOutcome(Instant.FromSeconds(1), probes[1], CheckTimeline.Good, _actions);
        Assert.Equal(Instant.FromSeconds(3), monitor.Deadline);
    }

    [Fact]
    public void Outcome_OfAnotherGenerationOrUnknownCheck_IsHarmless()
    {
        HealthMonitor monitor = Started(Server(First, Web1, Web1));
        ProbeId probe = Assert.Single(RunProbes(monitor));

        monitor.OnOutcome(Instant.FromSeconds(1), probe with { Generation = 7 }, CheckTimeline.Bad, _actions);
        monitor.OnOutcome(Instant.FromSeconds(1), probe with { Check = 99 }, CheckTimeline.Bad, _actions);
        monitor.OnOutcome(Instant.FromSeconds(1), probe with { Check = -1 }, CheckTimeline.Bad, _actions);

        Assert.Empty(_actions);
        Assert.True(monitor.IsUp(First));
    }

    [Fact]
    public void DownBeforeRestart_StaysDownUntilItSucceeds()
    {
        HealthMonitor monitor = Started(Server(First, Web1, Web1) with { WasDown = true });
        Assert.False(monitor.IsUp(First));
        Assert.Equal("down before the daemon started; awaiting a success", monitor.Describe(First).Reason);

        Answer(monitor, CheckTimeline.Bad);
        Assert.Empty(_actions);
        Answer(monitor, CheckTimeline.Good);

        Assert.Contains(new HealthAction.ServerChanged(First, IsUp: true, "connected in 1.0 ms"), _actions);
    }

    [Fact]
    public void Describe_AfterAChange_TellsWhenWhyAndTheLastProbe()
    {
        HealthMonitor monitor = Started(Server(First, Web1, Web1));
        Answer(monitor, CheckTimeline.Bad);

        ServerHealthStatus status = Assert.Single(monitor.DescribeAll());
        Assert.False(status.IsUp);
        Assert.Equal(Instant.FromSeconds(1), status.ChangedAt);
        Assert.Equal("connection refused", status.Reason);
        CheckStatus check = Assert.Single(status.Checks);
        Assert.Equal(new CheckResult(Instant.FromSeconds(1), CheckTimeline.Bad, TimeSpan.Zero), check.LastResult);
    }

    [Fact]
    public void ThousandServers_FailTogether_ActionsComeInConfigurationOrder()
    {
        HealthMonitor monitor = Started([.. Enumerable.Range(0, 1000).Select(i => Server(new ServerId(i / 10, i % 10), Web1, Web1))]);
        foreach (ProbeId probe in RunProbes(monitor))
        {
            monitor.OnOutcome(Instant.FromSeconds(1), probe, CheckTimeline.Bad, _actions);
        }

        ServerId[] order = [.. _actions.OfType<HealthAction.ServerChanged>().Select(action => action.Server)];
        Assert.Equal(1000, order.Length);
        Assert.Equal(order.Order(), order);
    }

    private static ServerDefinition Server(ServerId id, TransportEndpoint address, params TransportEndpoint[] targets) => new(
        id, address, TransportProtocol.Tcp, [.. targets.Select(target => new CheckDefinition(target, CheckTimeline.Settings))]);

    private static HealthMonitor Started(params ServerDefinition[] servers)
    {
        var monitor = new HealthMonitor(servers);
        monitor.Start(Instant.Zero, new Prng(1));
        return monitor;
    }

    /// <summary>Runs what is due next and returns the probes it asked for.</summary>
    private ImmutableArray<ProbeId> RunProbes(HealthMonitor monitor)
    {
        _actions.Clear();
        monitor.OnDeadline(monitor.Deadline!.Value, _actions);
        ImmutableArray<ProbeId> probes = [.. _actions.OfType<HealthAction.StartProbe>().Select(action => action.Id)];
        _actions.Clear();
        return probes;
    }

    private void Answer(HealthMonitor monitor, ProbeOutcome outcome)
    {
        Instant now = monitor.Deadline!.Value;
        monitor.OnOutcome(now, Assert.Single(RunProbes(monitor)), outcome, _actions);
    }
}
