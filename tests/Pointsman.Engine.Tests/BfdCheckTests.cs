using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Engine.Notifications;

namespace Pointsman.Engine.Tests;

/// <summary><c>BFD_CHECK</c>: a server is alive while its neighbour's path is up.</summary>
public sealed class BfdCheckTests
{
    private readonly List<DirectorAction> _actions = [];

    [Fact]
    public void PathIsLostAndComesBack_SoDoesItsServer_AndNoOther()
    {
        DirectorEngine engine = Start("");
        Assert.True(engine.Health(0, 0).IsUp);
        Tell(engine, 1, "web2", isUp: false);
        Assert.True(engine.Health(0, 0).IsUp);

        Tell(engine, 2, "web1", isUp: false);
        Assert.False(engine.Health(0, 0).IsUp);
        Assert.Contains("BFD check of [web1] RS([10.0.0.2]:tcp:80 of [10.0.0.1]:tcp:80) is DOWN (BFD_Instance(web1) Entering DOWN state)", Lines());
        Assert.Contains("Removing service [10.0.0.2]:tcp:80 from VS [10.0.0.1]:tcp:80: BFD_Instance(web1) Entering DOWN state", Lines());

        Tell(engine, 3, "web1", isUp: true);
        Assert.True(engine.Health(0, 0).IsUp);
        Assert.Contains("BFD check of [web1] RS([10.0.0.2]:tcp:80 of [10.0.0.1]:tcp:80) is UP (BFD_Instance(web1) Entering UP state)", Lines());
    }

    [Fact]
    public void Turn_IsMailedInKeepalivedsWords()
    {
        DirectorEngine engine = Start("");
        Tell(engine, 1, "web1", isUp: false);
        Assert.Contains(
            _actions.OfType<DirectorAction.Tell>(), told => told.Notice is Notice.SendMail mail && mail.Body.Contains("BFD CHECK web1 failed on service", StringComparison.Ordinal));
    }

    [Fact]
    public void Alpha_IsDownUntilThePathIsUp()
    {
        DirectorEngine engine = Start("alpha");
        Assert.False(engine.Health(0, 0).IsUp);
        Tell(engine, 1, "web1", isUp: true);
        Assert.True(engine.Health(0, 0).IsUp);
    }

    [Fact]
    public void WordFromBeforeTheStart_AndBeforeAReload_IsHeard()
    {
        DirectorEngine engine = Make("");
        Tell(engine, 0, "web1", isUp: false);
        engine.Start(Instant.Zero, new Prng(1), _actions);
        Assert.False(engine.Health(0, 0).IsUp);

        engine.OnConfiguration(Instant.FromSeconds(1), new Prng(1), ConfigReader.Read("f", Site("").Replace("name web1", "name web2", StringComparison.Ordinal)).Configuration!, _actions);
        Tell(engine, 2, "web2", isUp: true);
        Assert.True(engine.Health(0, 0).IsUp);
    }

    [Theory]
    [InlineData("name web1", "name web11", "did you mean `web1`?")]
    [InlineData("multiplier 3", "vrrp", "it has `vrrp` alone")]
    public void PathThatItCannotFollow_IsAnError(string before, string after, string label)
    {
        ConfigResult result = ConfigReader.Read("f", Site("").Replace(before, after, StringComparison.Ordinal));
        Assert.Equal(label, Assert.Single(result.Diagnostics, diagnostic => diagnostic.IsError).Label);
    }

    [Fact]
    public void PathForCheckersAlone_CannotBeTrackedByAnInstance()
    {
        string site = Site("").Replace("multiplier 3", "checker", StringComparison.Ordinal)
            + "vrrp_instance v {\ninterface eth0\nvirtual_router_id 5\npriority 10\nvirtual_ipaddress {\n10.0.0.1\n}\ntrack_bfd {\nweb1\n}\n}\n";
        ConfigResult result = ConfigReader.Read("f", site);
        Assert.Equal("it has `checker` alone", Assert.Single(result.Diagnostics, diagnostic => diagnostic.IsError).Label);
    }

    private static string Site(string alpha) => "bfd_instance web1 {\nneighbor_ip 10.0.0.2\nmultiplier 3\n}\nbfd_instance web2 {\nneighbor_ip 10.0.0.3\n}\n"
        + "global_defs {\nnotification_email {\na@example.org\n}\nnotification_email_from b@example.org\nsmtp_server 10.0.0.25\nsmtp_alert\n}\n"
        + "virtual_server 10.0.0.1 80 {\nlb_algo rr\nlb_kind DR\nprotocol TCP\ndelay_loop 60\nreal_server 10.0.0.2 80 {\n"
        + $"BFD_CHECK {{\nname web1\n{alpha}\n}}\n}}\n}}\n";

    private IEnumerable<string> Lines() => _actions.OfType<DirectorAction.Log>().Select(log => log.Line);

    private void Tell(DirectorEngine engine, int second, string path, bool isUp) =>
        engine.OnPath(Instant.FromSeconds(second), path, isUp, $"BFD_Instance({path}) Entering {(isUp ? "UP" : "DOWN")} state", _actions);

    private static DirectorEngine Make(string alpha) => new(ConfigReader.Read("f", Site(alpha)).Configuration!, (_, _) => false);

    private DirectorEngine Start(string alpha)
    {
        DirectorEngine engine = Make(alpha);
        engine.Start(Instant.Zero, new Prng(1), _actions);
        _actions.Clear();
        return engine;
    }
}
