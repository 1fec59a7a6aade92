using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Health;

namespace Pointsman.Engine.Tests;

/// <summary>What another thread reads at leisure is of one moment, whatever the engine does meanwhile.</summary>
public sealed class SurveyTests
{
    private const string Site = """
        virtual_server 10.0.0.1 80 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            sorry_server 10.0.0.9 80
            real_server 10.0.0.2 80 {
                weight 7
                TCP_CHECK {
                    warmup 0
                }
            }
        }
        """;

    private readonly List<DirectorAction> _actions = [];

    [Fact]
    public void Survey_IsOfItsMoment()
    {
        var engine = new DirectorEngine(ConfigReader.Read("f", Site).Configuration!, (_, _) => false);
        engine.Start(Instant.Zero, new Prng(1), _actions);
        engine.OnReachability(IpAddress.Parse("10.0.0.2"), new Reachability.Local(), _actions);
        Answer(engine, new ProbeOutcome.Success(TimeSpan.FromMilliseconds(1)));
        DirectorSurvey before = engine.Survey();

        for (int i = 0; i < 3; i++)
        {
            Answer(engine, new ProbeOutcome.Refused());
        }

        engine.OnOrder(0, 0, new ServerOrder.Weight(3), _actions);
        engine.OnReachability(IpAddress.Parse("10.0.0.2"), new Reachability.Unresolved("gone"), _actions);
        DirectorSurvey after = engine.Survey();

        ServerSurvey then = before.Services[0].Servers[0];
        Assert.False(before.Services[0].IsRelieved);
        Assert.Equal((true, 7, null, null), (then.Health.IsUp, then.Weight, then.Order, then.WhyUnreached));
        Assert.IsType<Reachability.Local>(then.Way);
        Assert.Single(then.Health.Checks[0].History);

        ServerSurvey now = after.Services[0].Servers[0];
        Assert.True(after.Services[0].IsRelieved);
        Assert.Equal((false, 3, "gone"), (now.Health.IsUp, now.Weight, now.WhyUnreached));
        Assert.IsType<ServerOrder.Weight>(now.Order);
        Assert.Equal(4, now.Health.Checks[0].History.Length);
        Assert.Equal((1, 4L), (after.CheckCount, after.Overdue.Finished));
    }

    private void Answer(DirectorEngine engine, ProbeOutcome outcome)
    {
        Instant now = engine.Deadline!.Value;
        _actions.Clear();
        engine.OnDeadline(now, _actions);
        engine.OnProbeOutcome(now, _actions.OfType<DirectorAction.StartProbe>().Single().Probe.Id, outcome, _actions);
    }
}
