using Pointsman.Base;
using Pointsman.Config;

namespace Pointsman.Engine.Tests;

/// <summary><c>FILE_CHECK</c>: from the number in a file to the weight in the plan.</summary>
public sealed class FileCheckTests
{
    private readonly List<DirectorAction> _actions = [];

    [Theory]
    [InlineData("", 4, 19)]
    [InlineData("weight 5", 4, 27)]
    [InlineData("weight 5 noreverse", 4, 27)]
    [InlineData("weight 5 reverse", 1, 2)]
    [InlineData("weight 5 reverse", 4, 0)]
    [InlineData("weight -2", 3, 1)]
    [InlineData("weight 65535", 65535, 65535)]
    [InlineData("weight 0", 0, 7)]
    public void Number_TimesTheChecksOwnFactorOrTheFiles_IsAddedToTheWeight(string weight, int number, int expected)
    {
        DirectorEngine engine = Start(weight);
        engine.OnFile(Instant.FromSeconds(1), "other", 99, _actions);
        engine.OnFile(Instant.FromSeconds(1), "drain", number, _actions);
        Assert.Equal(expected, engine.WeightOf(0, 0));
        Assert.True(engine.Health(0, 0).IsUp);
        Assert.Null(engine.Deadline);
    }

    [Theory]
    [InlineData("weight 0", 1, false)]
    [InlineData("weight 0 reverse", 1, true)]
    [InlineData("weight 0 reverse", 0, false)]
    [InlineData("weight 65535", -65535, false)]
    public void NumberThatMeansAFault_TakesTheServerOutAtOnce(string weight, int number, bool isUp)
    {
        DirectorEngine engine = Start(weight);
        engine.OnFile(Instant.FromSeconds(1), "drain", number, _actions);
        Assert.Equal(isUp, engine.Health(0, 0).IsUp);
        Assert.Equal(!isUp, _actions.OfType<DirectorAction.Log>().Any(log => log.Line.EndsWith($"(track_file drain has {number})", StringComparison.Ordinal)));
    }

    [Fact]
    public void CheckThatAReloadBrings_KnowsTheNumber()
    {
        DirectorEngine engine = Start("weight 0");
        engine.OnFile(Instant.FromSeconds(1), "drain", 2, _actions);
        Assert.False(engine.Health(0, 0).IsUp);

        engine.OnConfiguration(Instant.FromSeconds(2), new Prng(1), ConfigReader.Read("f", Site("weight 5")).Configuration!, _actions);
        Assert.True(engine.Health(0, 0).IsUp);
        Assert.Equal(17, engine.WeightOf(0, 0));
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
}
