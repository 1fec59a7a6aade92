using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Health;

namespace Pointsman.Engine.Tests;

/// <summary><c>FILE_CHECK</c>: from the file of the site to the weight in the plan.</summary>
public sealed class FileCheckTests
{
    private readonly List<DirectorAction> _actions = [];

    [Theory]
    [InlineData("", 3)]
    [InlineData("weight 5 reverse", -5)]
    [InlineData("weight 0", 0)]
    public void Check_LooksEverySecondAtItsFile_WithItsOwnFactorOrTheFiles(string weight, int factor)
    {
        DirectorEngine engine = Start(weight);
        DirectorAction.StartProbe probe = NextProbe(engine, out Instant now);
        Assert.Equal(new CheckMethod.File("drain", "/run/drain", factor, BaseWeight: 7), probe.Probe.Request.Method);
        Assert.Equal(Instant.Zero + CheckMachine.Bootstrap, now);

        engine.OnProbeOutcome(now, probe.Probe.Id, new ProbeOutcome.Success(TimeSpan.Zero) { Weight = 4 }, _actions);
        Assert.Equal(4, engine.WeightOf(0, 0));
        Assert.Equal(now + TimeSpan.FromSeconds(1), engine.Deadline);
    }

    [Fact]
    public void Failure_TakesTheServerOutAtOnce()
    {
        DirectorEngine engine = Start("weight 0");
        DirectorAction.StartProbe probe = NextProbe(engine, out Instant now);
        engine.OnProbeOutcome(now, probe.Probe.Id, new ProbeOutcome.Wrong("track_file drain has 1"), _actions);
        Assert.False(engine.Health(0, 0).IsUp);
        Assert.Contains(_actions.OfType<DirectorAction.Log>(), log => log.Line.EndsWith("(track_file drain has 1)", StringComparison.Ordinal));
    }

    [Fact]
    public void UnknownFile_IsAnError()
    {
        ConfigResult result = ConfigReader.Read("f", Site("").Replace("track_file drain\n", "track_file drian\n", StringComparison.Ordinal));
        Diagnostic only = Assert.Single(result.Diagnostics, diagnostic => diagnostic.IsError);
        Assert.Equal("did you mean `drain`?", only.Label);
    }

    private static string Site(string weight) => "virtual_server 10.0.0.1 80 {\nlb_algo rr\nlb_kind DR\nprotocol TCP\ndelay_loop 60\nreal_server 10.0.0.2 80 {\n"
        + $"weight 7\nFILE_CHECK {{\ntrack_file drain\n{weight}\n}}\n}}\n}}\ntrack_file drain {{\nfile /run/drain\nweight 3\n}}\n";

    private DirectorEngine Start(string weight)
    {
        var engine = new DirectorEngine(ConfigReader.Read("f", Site(weight)).Configuration!, (_, _) => false);
        engine.Start(Instant.Zero, new Prng(1), _actions);
        _actions.Clear();
        return engine;
    }

    private DirectorAction.StartProbe NextProbe(DirectorEngine engine, out Instant now)
    {
        now = engine.Deadline!.Value;
        engine.OnDeadline(now, _actions);
        return _actions.OfType<DirectorAction.StartProbe>().Single();
    }
}
