using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Engine.Notifications;
using Pointsman.Health;

namespace Pointsman.Engine.Tests;

/// <summary>Quorum, sorry server, inhibition, and the scripts that are told: from the file to the plan.</summary>
public sealed class QuorumTests
{
    private readonly List<DirectorAction> _actions = [];
    private DirectorEngine _engine = null!;
    private Instant _now = Instant.Zero;

    [Fact]
    public void LastServerFalls_SorryServerStandsInWithinTheSamePlan()
    {
        Start("sorry_server 10.0.0.9 80");
        Assert.Equal("10.0.0.2:80 w1, 10.0.0.3:80 w1, (10.0.0.9:80 w0)", Table());

        Fall("10.0.0.2");
        Assert.Equal("(10.0.0.2:80 w1), 10.0.0.3:80 w1, (10.0.0.9:80 w0)", Table());

        string[] lines = Fall("10.0.0.3");
        Assert.Equal("(10.0.0.2:80 w1), (10.0.0.3:80 w1), 10.0.0.9:80 w1", Table());
        Assert.Equal(
            [
                "Lost quorum 1-0=1 > 0 for VS [10.0.0.1]:tcp:80",
                "Adding sorry server [10.0.0.9]:tcp:80 to VS [10.0.0.1]:tcp:80",
                "Removing alive servers from the pool for VS [10.0.0.1]:tcp:80",
            ],
            lines[^3..]);

        Rise("10.0.0.2");
        Assert.Equal("10.0.0.2:80 w1, (10.0.0.3:80 w1), (10.0.0.9:80 w0)", Table());
    }

    [Fact]
    public void QuorumLost_LivingServersKeepTheirConnectionsOnly()
    {
        Start("quorum 2\nsorry_server 10.0.0.9 80\nsorry_server_inhibit");
        Assert.Equal("10.0.0.2:80 w1, 10.0.0.3:80 w1, 10.0.0.9:80 w0", Table());

        Fall("10.0.0.2");
        Assert.Equal("(10.0.0.2:80 w1), 10.0.0.3:80 w0, 10.0.0.9:80 w1", Table());
        Assert.True(_engine.IsRelieved(0));
    }

    [Fact]
    public void QuorumLost_WithoutASorryServer_LivingServersStay()
    {
        Start("quorum 2");

        Fall("10.0.0.2");
        Assert.Equal("(10.0.0.2:80 w1), 10.0.0.3:80 w1", Table());
    }

    [Fact]
    public void InhibitOnFailure_ServerKeepsItsPlaceWithWeightZero()
    {
        Start("inhibit_on_failure");

        string[] lines = Fall("10.0.0.2");
        Assert.Equal("10.0.0.2:80 w0, 10.0.0.3:80 w1", Table());
        Assert.StartsWith("Disabling service [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80: ", lines[^1], StringComparison.Ordinal);

        Rise("10.0.0.2");
        Assert.Equal("10.0.0.2:80 w1, 10.0.0.3:80 w1", Table());
    }

    [Fact]
    public void Scripts_RunForServersAndForTheService_AndAtTheEndWithOmega()
    {
        Start("quorum 2\nomega\nquorum_up \"/q up\"\nquorum_down \"/q down\" daemon", server: "notify_up /s/up\nnotify_down \"/s/down hard\"");

        Fall("10.0.0.2");
        Assert.Equal(
            [
                "RS [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80: /s/down hard as nobody",
                "VS [10.0.0.1]:tcp:80: /q down as daemon",
            ],
            Scripts());

        Rise("10.0.0.2");
        Assert.Equal(
            [
                "RS [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80: /s/up as nobody",
                "VS [10.0.0.1]:tcp:80: /q up as nobody",
            ],
            Scripts());

        _actions.Clear();
        _engine.OnStop(_actions);
        Assert.Equal(3, Scripts().Length);
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("rs_init_notifies", "", 2)]
    [InlineData("rs_init_notifies off", "", 0)]
    [InlineData("rs_init_notifies", "alpha", 0)]
    public void RsInitNotifies_ServersThatBeginUpAreTold_ThoseThatAreDownAreNot(string global, string service, int scripts)
    {
        Start(service, server: "notify_up /s/up\nnotify_down /s/down", global);
        Assert.Equal(
            new[] { "2", "3" }.Take(scripts).Select(host => $"RS [10.0.0.{host}]:tcp:80 of VS [10.0.0.1]:tcp:80: /s/up as nobody"),
            Scripts());
    }

    [Fact]
    public void Alpha_ServiceStartsWithoutItsQuorum()
    {
        string[] lines = Start("alpha\nsorry_server 10.0.0.9 80");

        Assert.Contains("Starting with quorum down for VS [10.0.0.1]:tcp:80", lines);
        Assert.Equal("(10.0.0.2:80 w1), (10.0.0.3:80 w1), 10.0.0.9:80 w1", Table());
    }

    [Fact]
    public void WeightAskedForByAScript_CountsForPlanAndQuorum()
    {
        Start("quorum 2");

        Answer("10.0.0.2", new ProbeOutcome.Success(TimeSpan.Zero) { Weight = 7 });
        Assert.Equal("10.0.0.2:80 w7, 10.0.0.3:80 w1", Table());
    }

    [Fact]
    public void HaSuspend_NoProbeWhileTheAddressIsElsewhere()
    {
        Start("ha_suspend");
        _now += TimeSpan.FromSeconds(100);
        _actions.Clear();
        _engine.OnDeadline(_now, _actions);
        Assert.Empty(_actions.OfType<DirectorAction.StartProbe>());

        _engine.OnMastership("A", isMaster: true);
        _now = _engine.Deadline!.Value;
        _engine.OnDeadline(_now, _actions);
        Assert.NotEmpty(_actions.OfType<DirectorAction.StartProbe>());
    }

    private string[] Start(string service, string server = "", string global = "")
    {
        string Real(string address) => $"real_server {address} 80 {{\n{server}\nTCP_CHECK {{\nretry 0\nwarmup 0\n}}\n}}\n";
        string text = $"global_defs {{\nscript_user nobody\n{global}\n}}\n" + "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n"
            + $"virtual_server 10.0.0.1 80 {{\nlb_algo rr\nlb_kind DR\nprotocol TCP\ndelay_loop 5\n{service}\n{Real("10.0.0.2")}{Real("10.0.0.3")}}}\n";
        ConfigResult read = ConfigReader.Read("f", text);
        Assert.True(read.Configuration is not null, string.Join('\n', read.Diagnostics));
        Configuration configuration = read.Configuration!;
        _engine = new DirectorEngine(configuration, (_, _) => false);
        _engine.Start(_now, new Prng(1), _actions);
        foreach (IpAddress address in _engine.ServerAddresses)
        {
            _engine.OnReachability(address, new Reachability.Local(), _actions);
        }

        return Lines();
    }

    private string[] Fall(string address) => Answer(address, new ProbeOutcome.Refused());

    private string[] Rise(string address) => Answer(address, new ProbeOutcome.Success(TimeSpan.Zero));

    // Lets the server's next probe come, and answers it so.
    private string[] Answer(string address, ProbeOutcome outcome)
    {
        while (true)
        {
            _actions.Clear();
            _now = _engine.Deadline!.Value;
            _engine.OnDeadline(_now, _actions);
            foreach (DirectorAction.StartProbe start in _actions.OfType<DirectorAction.StartProbe>().ToList())
            {
                bool isMeant = start.Probe.Request.Target.Address == IpAddress.Parse(address);
                if (isMeant)
                {
                    _actions.Clear();
                    _engine.OnProbeOutcome(_now, start.Probe.Id, outcome, _actions);
                    return Lines();
                }

                // The others stay as they are: nobody answers for them.
            }
        }
    }

    private string[] Lines() => [.. _actions.OfType<DirectorAction.Log>().Select(log => log.Line)];

    private string[] Scripts() =>
    [
        .. _actions.OfType<DirectorAction.Tell>().Select(tell => tell.Notice).OfType<Notice.RunScript>()
            .Select(run => $"{run.Subject}: {string.Join(' ', run.Command)} as {run.User}"),
    ];

    // In brackets: not in the table.
    private string Table() => string.Join(", ", _actions.OfType<DirectorAction.ApplyPlan>().Last().Plan.Services.Single().Servers
        .Select(server => server.IsUp ? $"{server.Address} w{server.Weight}" : $"({server.Address} w{server.Weight})"));
}
