using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Health;

namespace Pointsman.Engine.Tests;

/// <summary>Orders of an operator about servers: what the table becomes, and what a reload leaves of them.</summary>
public sealed class ServerOrderTests
{
    private readonly List<DirectorAction> _actions = [];
    private readonly DirectorEngine _engine;

    public ServerOrderTests()
    {
        _engine = new DirectorEngine(Site(), (_, _) => false);
        _engine.Start(Instant.Zero, new Prng(1), _actions);
        foreach (IpAddress address in _engine.ServerAddresses)
        {
            _engine.OnReachability(address, new Reachability.Local(), _actions);
        }
    }

    [Fact]
    public void Drained_KeepsItsPlaceWithoutWeight_AndComesBack()
    {
        Order(0, new ServerOrder.Drain());
        Assert.Equal("10.0.0.2:80 w0, 10.0.0.3:80 w3", Table());
        Assert.Equal(["The operator orders drain for service [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80"], Lines());

        Order(0, null);
        Assert.Equal("10.0.0.2:80 w3, 10.0.0.3:80 w3", Table());
        Assert.Equal(["The operator takes back the orders for service [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80"], Lines());
    }

    [Fact]
    public void Disabled_IsOutOfTheTable()
    {
        Order(0, new ServerOrder.Disable());
        Assert.Equal("(10.0.0.2:80 w3), 10.0.0.3:80 w3", Table());
    }

    [Fact]
    public void Weight_CountsInsteadOfTheFiles()
    {
        Order(1, new ServerOrder.Weight(7));
        Assert.Equal("10.0.0.2:80 w3, 10.0.0.3:80 w7", Table());
        Assert.Equal(3, _engine.WeightWithoutOrder(0, 1));
    }

    [Fact]
    public void SameOrderAgain_ChangesNothing()
    {
        Order(0, new ServerOrder.Drain());
        Order(0, new ServerOrder.Drain());
        Assert.Empty(_actions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AllTakenOut_QuorumIsLost_AndRegained(bool isDrained)
    {
        Order(0, isDrained ? new ServerOrder.Drain() : new ServerOrder.Disable());
        Order(1, isDrained ? new ServerOrder.Drain() : new ServerOrder.Disable());
        Assert.Contains("Lost quorum 1-0=1 > 0 for VS [10.0.0.1]:tcp:80", Lines());

        Order(1, null);
        Assert.Contains("Gained quorum 1+0=1 <= 3 for VS [10.0.0.1]:tcp:80", Lines());
    }

    [Fact]
    public void Reload_KeepsTheOrder_AlsoWhereTheFileSaysAnotherWeight()
    {
        Order(1, new ServerOrder.Drain());
        Reload(Site("weight 9", first: ""));
        Assert.Equal("10.0.0.3:80 w0", Table());

        Order(0, null);
        Assert.Equal("10.0.0.3:80 w9", Table());
    }

    [Fact]
    public void Reload_WithoutTheServer_DropsItsOrder()
    {
        Order(0, new ServerOrder.Drain());
        Reload(Site(first: ""));
        Reload(Site());
        Assert.Null(_engine.OrderFor(0, 0));
        Assert.Equal("10.0.0.2:80 w3, 10.0.0.3:80 w3", Table());
    }

    private static Configuration Site(string weight = "weight 3", string first = "real_server 10.0.0.2 80 {\nweight 3\n}\n") => ConfigReader.Read(
        "f",
        $"virtual_server 10.0.0.1 80 {{\nlb_algo rr\nlb_kind DR\nprotocol TCP\n{first}real_server 10.0.0.3 80 {{\n{weight}\n}}\n}}\n").Configuration!;

    private void Order(int server, ServerOrder? order)
    {
        _actions.Clear();
        _engine.OnOrder(0, server, order, _actions);
    }

    private void Reload(Configuration next)
    {
        _actions.Clear();
        _engine.OnConfiguration(Instant.Zero, new Prng(1), next, _actions);
        foreach (IpAddress address in _engine.ServerAddresses)
        {
            _engine.OnReachability(address, new Reachability.Local(), _actions);
        }
    }

    private string[] Lines() => [.. _actions.OfType<DirectorAction.Log>().Select(log => log.Line)];

    // In brackets: not in the table.
    private string Table() => string.Join(", ", _actions.OfType<DirectorAction.ApplyPlan>().Last().Plan.Services.Single().Servers
        .Select(server => server.IsUp ? $"{server.Address} w{server.Weight}" : $"({server.Address} w{server.Weight})"));
}
