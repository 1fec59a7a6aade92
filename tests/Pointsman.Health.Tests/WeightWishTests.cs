using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Health.Tests;

/// <summary>Several checks that move one server's weight: what each wants is added up.</summary>
public sealed class WeightWishTests
{
    private static readonly ServerId Server = new(0, 0);
    private static readonly TransportEndpoint Web = new(IpAddress.Parse("10.0.0.2"), 80);
    private static readonly CheckSettings Settings = new(TimeSpan.FromSeconds(1), 0, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.Zero);

    private readonly List<HealthAction> _actions = [];

    [Fact]
    public void TwoDynamicScriptsAndAFile_AddUpTheirDifferences()
    {
        HealthMonitor monitor = Started(weight: 10);
        Assert.Null(monitor.WeightOf(Server));

        Assert.Equal(20, Answer(monitor, "a", new ProbeOutcome.Success(TimeSpan.Zero) { Weight = 20 }));
        Assert.Equal(15, Answer(monitor, "b", new ProbeOutcome.Success(TimeSpan.Zero) { Weight = 5 }));
        monitor.OnTold(Instant.FromSeconds(2), method => (method as CheckMethod.File)?.Judge(3), _actions);
        Assert.Equal(21, monitor.WeightOf(Server));

        // What a check says anew takes the place of what it said before.
        Assert.Equal(11, Answer(monitor, "a", new ProbeOutcome.Success(TimeSpan.Zero)));
        Assert.Equal(4, _actions.OfType<HealthAction.WeightChanged>().Count());
    }

    [Fact]
    public void Sum_StaysAWeight()
    {
        HealthMonitor monitor = Started(weight: 1);
        Assert.Equal(0, Answer(monitor, "a", new ProbeOutcome.Success(TimeSpan.Zero) { Weight = 0 }));
        Assert.Equal(0, Answer(monitor, "b", new ProbeOutcome.Success(TimeSpan.Zero) { Weight = 0 }));
        Assert.Equal(1, Answer(monitor, "a", new ProbeOutcome.Success(TimeSpan.Zero) { Weight = 2 }));
        monitor.OnTold(Instant.FromSeconds(2), method => (method as CheckMethod.File)?.Judge(int.MaxValue), _actions);
        Assert.Equal(ushort.MaxValue, monitor.WeightOf(Server));
    }

    [Fact]
    public void CheckThatFails_WantsNothingUntilItIsWell()
    {
        HealthMonitor monitor = Started(weight: 10);
        Answer(monitor, "a", new ProbeOutcome.Success(TimeSpan.Zero) { Weight = 20 });
        Answer(monitor, "b", new ProbeOutcome.Success(TimeSpan.Zero) { Weight = 5 });
        Assert.Equal(5, Answer(monitor, "a", new ProbeOutcome.Wrong("exit status 1")));
        Assert.Equal(7, Answer(monitor, "a", new ProbeOutcome.Success(TimeSpan.Zero) { Weight = 12 }));
    }

    [Fact]
    public void Reload_KeepsWhatChecksWant_OverAnotherWeight()
    {
        HealthMonitor monitor = Started(weight: 10);
        Answer(monitor, "a", new ProbeOutcome.Success(TimeSpan.Zero) { Weight = 20 });
        monitor.OnTold(Instant.FromSeconds(2), method => (method as CheckMethod.File)?.Judge(3), _actions);
        Assert.Equal(26, monitor.WeightOf(Server));

        HealthMonitor next = monitor.Continue([Definition(weight: 30)], id => id);
        Assert.Equal(26, next.WeightOf(Server));
        Assert.Equal(38, next.Continue([Definition(30) with { Checks = [.. Definition(30).Checks.Skip(1)] }], id => id).WeightOf(Server) + 2);
    }

    private static ServerDefinition Definition(int weight) => new(Server, Web, TransportProtocol.Tcp, [Script("a"), Script("b"), File()]) { Weight = weight };

    private static CheckDefinition Script(string name) => new(Web, Settings)
    {
        Method = new CheckMethod.Script([name], null, null, TimeSpan.FromSeconds(5), IsDynamic: true),
    };

    private static CheckDefinition File() => new(Web, Settings) { Method = new CheckMethod.File("share", Weight: 2, IsReverse: false) };

    private static HealthMonitor Started(int weight)
    {
        var monitor = new HealthMonitor([Definition(weight)]);
        monitor.Start(Instant.Zero, new Prng(1));
        return monitor;
    }

    private int? Answer(HealthMonitor monitor, string script, ProbeOutcome outcome)
    {
        Instant now = monitor.Deadline!.Value;
        var started = new List<HealthAction>();
        monitor.OnDeadline(now, started);
        foreach (HealthAction.StartProbe probe in started.OfType<HealthAction.StartProbe>())
        {
            if (((CheckMethod.Script)probe.Request.Method).Command.SequenceEqual(ImmutableArray.Create(script)))
            {
                monitor.OnOutcome(now, probe.Id, outcome, _actions);
            }
            else
            {
                _others.Add(probe);
            }
        }

        foreach (HealthAction.StartProbe waiting in _others.Where(probe => ((CheckMethod.Script)probe.Request.Method).Command[0] == script).ToList())
        {
            _others.Remove(waiting);
            monitor.OnOutcome(now, waiting.Id, outcome, _actions);
        }

        return monitor.WeightOf(Server);
    }

    private readonly List<HealthAction.StartProbe> _others = [];
}
