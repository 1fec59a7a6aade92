using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Health;

namespace Pointsman.Engine.Tests;

/// <summary>What a new configuration does to a running engine.</summary>
public sealed class ReloadTests
{
    private static readonly SourceSpan Nowhere = new("test.conf", 1, 1, 1);
    private static readonly TransportEndpoint Vip = new(IpAddress.Parse("10.0.0.200"), 80);
    private static readonly TransportEndpoint Web1 = new(IpAddress.Parse("10.0.0.1"), 80);
    private static readonly TransportEndpoint Web2 = new(IpAddress.Parse("10.0.0.2"), 80);
    private static readonly TransportEndpoint Web3 = new(IpAddress.Parse("10.0.0.3"), 80);
    private static readonly MacAddress Here = new(0x020000000001);
    private static readonly MacAddress There = new(0x020000000002);

    private readonly List<DirectorAction> _actions = [];
    private Instant _now = Instant.FromSeconds(100);

    [Fact]
    public void ChangedWeight_IsOnePlan_ThatDiffersInNothingElse()
    {
        DirectorEngine engine = Start(Site(Web1, Web2));
        ForwardingPlan before = LastPlan();

        Reload(engine, Site((Web1, 3), (Web2, 1)));

        ForwardingPlan after = Assert.Single(_actions.OfType<DirectorAction.ApplyPlan>()).Plan;
        PlannedService service = after.Services.Single();
        Assert.Equal(3, service.Servers[0].Weight);
        Assert.Equal(before.Services.Single().Servers[0] with { Weight = 3 }, service.Servers[0]);
        Assert.Equal(before.Services.Single().Servers[1], service.Servers[1]);
        Assert.Equal(before.InterfaceIndexes, after.InterfaceIndexes);
    }

    [Fact]
    public void DownServerOfAChangedService_StaysDown()
    {
        DirectorEngine engine = Start(Site(Web1, Web2));
        engine.OnProbeOutcome(_now, RunToProbe(engine, Web1).Id, new ProbeOutcome.Refused(), _actions);

        Reload(engine, Site((Web2, 5), (Web1, 5)));

        Assert.False(Planned(Web1).IsUp);
        Assert.True(Planned(Web2).IsUp);
    }

    [Fact]
    public void AddedServer_WaitsOnlyForItsWay()
    {
        DirectorEngine engine = Start(Site(Web1, Web2));

        Reload(engine, Site(Web1, Web2, Web3));
        Assert.Empty(_actions.OfType<DirectorAction.ApplyPlan>());
        Assert.Contains(Web3.Address, engine.ServerAddresses);

        engine.OnReachability(Web3.Address, Way(), _actions);

        Assert.True(Planned(Web3).IsUp);
        Assert.NotNull(Planned(Web1).NextHop);
    }

    [Fact]
    public void RemovedServer_LeavesThePlan_AndWordOfItIsHarmless()
    {
        DirectorEngine engine = Start(Site(Web1, Web2));

        Reload(engine, Site(Web1));
        Assert.Equal([Web1], LastPlan().Services.Single().Servers.Select(server => server.Address));

        _actions.Clear();
        engine.OnReachability(Web2.Address, new Reachability.Unresolved("gone"), _actions);
        Assert.Empty(_actions);

        // And when it comes back, its way is asked for anew.
        Reload(engine, Site(Web1, Web2));
        Assert.Empty(_actions.OfType<DirectorAction.ApplyPlan>());
    }

    [Fact]
    public void LastServiceRemoved_PlansNothingToForward()
    {
        DirectorEngine engine = Start(Site(Web1));

        Reload(engine, new Configuration());

        Assert.Empty(LastPlan().Services);
        Assert.Null(engine.Deadline);
    }

    [Fact]
    public void InstanceTakesTheVip_PlanNeedsItsLease()
    {
        DirectorEngine engine = Start(Site(Web1));
        Assert.Null(LastPlan().Services.Single().LeaseSlot);

        Reload(engine, Site(Web1) with
        {
            Instances =
            [
                new VrrpInstanceConfig("VI_1", Nowhere)
                {
                    VirtualRouterId = 51,
                    VirtualAddresses = [new VirtualAddressConfig(IpPrefix.Host(Vip.Address), null, null, Nowhere)],
                },
            ],
        });

        Assert.Equal(51, LastPlan().Services.Single().LeaseSlot);
        Assert.Equal("VI_1", engine.Ownership.OwnerOf(Vip.Address));
    }

    private static Configuration Site(params TransportEndpoint[] servers) => Site([.. servers.Select(server => (server, 1))]);

    private static Configuration Site(params (TransportEndpoint Address, int Weight)[] servers) => new()
    {
        VirtualServers =
        [
            new VirtualServerConfig(Vip, Nowhere)
            {
                RealServers =
                [
                    .. servers.Select(server => new RealServerConfig(server.Address, Nowhere)
                    {
                        Weight = server.Weight,
                        Checks = [new TcpCheckConfig(Nowhere)],
                    }),
                ],
            },
        ],
    };

    private static Reachability Way() => new Reachability.Via(new NextHop(2, Here, There), OnLink: true);

    private DirectorEngine Start(Configuration site)
    {
        var engine = new DirectorEngine(site, (_, _) => false);
        engine.OnInterfaces([2], _actions);
        engine.Start(_now, new Prng(1), _actions);
        foreach (IpAddress server in engine.ServerAddresses)
        {
            engine.OnReachability(server, Way(), _actions);
        }

        return engine;
    }

    private void Reload(DirectorEngine engine, Configuration next)
    {
        _actions.Clear();
        engine.OnConfiguration(_now, new Prng(2), next, _actions);
    }

    private HealthAction.StartProbe RunToProbe(DirectorEngine engine, TransportEndpoint target)
    {
        HealthAction.StartProbe? probe = null;
        while (probe is null)
        {
            _actions.Clear();
            _now = engine.Deadline!.Value;
            engine.OnDeadline(_now, _actions);
            probe = _actions.OfType<DirectorAction.StartProbe>().Select(action => action.Probe)
                .FirstOrDefault(candidate => candidate.Request.Target == target);
        }

        return probe;
    }

    private ForwardingPlan LastPlan() => _actions.OfType<DirectorAction.ApplyPlan>().Last().Plan;

    private PlannedServer Planned(TransportEndpoint address) =>
        LastPlan().Services.Single().Servers.Single(server => server.Address == address);
}
