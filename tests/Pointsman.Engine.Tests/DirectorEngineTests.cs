using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Health;

namespace Pointsman.Engine.Tests;

public sealed class DirectorEngineTests
{
    private static readonly SourceSpan Nowhere = new("test.conf", 1, 1, 1);
    private static readonly TransportEndpoint Vip = new(IpAddress.Parse("10.0.0.200"), 80);
    private static readonly TransportEndpoint Web1 = new(IpAddress.Parse("10.0.0.1"), 80);
    private static readonly TransportEndpoint Web2 = new(IpAddress.Parse("10.0.0.2"), 80);
    private static readonly MacAddress Mac1 = new(0x020000000001);
    private static readonly MacAddress Mac2 = new(0x020000000002);

    private readonly List<DirectorAction> _actions = [];
    private Instant _now = Instant.FromSeconds(100);

    [Fact]
    public void Started_PlansEveryServerUp_UnderTheLeaseOfTheVipsInstance()
    {
        DirectorEngine engine = Start(Site());

        PlannedService service = LastPlan().Services.Single();
        Assert.Equal(51, service.LeaseSlot);
        Assert.Equal(SchedulerKind.Rr, service.Scheduler);
        Assert.All(service.Servers, server => Assert.True(server.IsUp));
        Assert.NotNull(engine.Deadline);
    }

    [Fact]
    public void VipOfNoInstance_IsAlwaysArmed()
    {
        Start(Site() with { Instances = [] });
        Assert.Null(LastPlan().Services.Single().LeaseSlot);
    }

    [Theory]
    [InlineData(null, ConnectionRules.None)]
    [InlineData(0, ConnectionRules.ReuseChosen)]
    [InlineData(1, ConnectionRules.ReuseChosen | ConnectionRules.ReuseClosed)]
    [InlineData(2, ConnectionRules.ReuseChosen | ConnectionRules.ReuseClosed | ConnectionRules.ReuseFinWait)]
    public void WhatIpvsHasAsSysctls_IsInThePlan(int? reuse, ConnectionRules rules)
    {
        Configuration site = Site();
        VirtualServerConfig server = site.VirtualServers[0] with { ConnReuseMode = reuse };
        Start(site with { VirtualServers = [server] });
        Assert.Equal(rules, LastPlan().Services.Single().Rules);

        Start(site with { VirtualServers = [server with { ExpireNodestConn = true, ExpireQuiescentTemplate = true, Sloppy = true }] });
        Assert.Equal(
            rules | ConnectionRules.ExpireNodest | ConnectionRules.ExpireQuiescent | ConnectionRules.Sloppy,
            LastPlan().Services.Single().Rules);
    }

    [Fact]
    public void ProtocolAndOnePacketScheduling_AreInThePlan()
    {
        Configuration site = Site();
        Start(site with
        {
            VirtualServers = [site.VirtualServers[0] with { Protocol = TransportProtocol.Udp, OnePacket = true, ByCall = true }],
        });

        PlannedService service = LastPlan().Services.Single();
        Assert.Equal((TransportProtocol.Udp, ServiceFlags.OnePacket | ServiceFlags.Calls), (service.Key.Protocol, service.Flags));
    }

    [Fact]
    public void AddressesOfInstances_AreGuarded_UnlessSeveralHoldThem()
    {
        Configuration site = Site();
        var shared = IpAddress.Parse("fe80::1");
        var own = IpAddress.Parse("2001:db8::1");
        Start(site with
        {
            Instances =
            [
                site.Instances[0],
                Instance("VI_2", "eth1", shared) with { VirtualRouterId = 52 },
                Instance("VI_3", "eth2", shared) with { VirtualRouterId = 53 },
                Instance("VI_4", "eth3", own) with { VirtualRouterId = 54 },
            ],
        });

        Assert.Equal([new OwnedAddress(Vip.Address, 51), new OwnedAddress(own, 54)], LastPlan().Addresses);
    }

    [Fact]
    public void FirstCheckRefused_ServerLeavesThePlan_WithItsReasonInTheLog()
    {
        DirectorEngine engine = Start(Site());
        HealthAction.StartProbe probe = RunToProbe(engine, Web1);

        engine.OnProbeOutcome(_now, probe.Id, new ProbeOutcome.Refused(), _actions);

        Assert.False(Server(Web1).IsUp);
        Assert.True(Server(Web2).IsUp);
        Assert.Contains(_actions.OfType<DirectorAction.Log>(), log =>
            log.Line.StartsWith("Removing service [10.0.0.1]:tcp:80 from VS [10.0.0.200]:tcp:80", StringComparison.Ordinal)
            && log.Line.Contains("refused", StringComparison.Ordinal));
    }

    [Fact]
    public void PersistencePerNetwork_IsInThePlan()
    {
        Configuration site = Site();
        Start(site with
        {
            VirtualServers =
            [
                site.VirtualServers[0] with { PersistenceTimeout = TimeSpan.FromSeconds(50), PersistencePrefixLength = 24, PersistenceGaps = 0x00ff_0000 },
            ],
        });

        PlannedService service = LastPlan().Services.Single();
        Assert.Equal(TimeSpan.FromSeconds(50), service.Persistence);
        Assert.Equal(24, service.PersistencePrefixLength);
        Assert.Equal(0x00ff_0000u, service.PersistenceGaps);
    }

    [Fact]
    public void DownServerAnswers_ComesBack()
    {
        DirectorEngine engine = Start(Site());
        engine.OnProbeOutcome(_now, RunToProbe(engine, Web1).Id, new ProbeOutcome.Refused(), _actions);
        HealthAction.StartProbe again = RunToProbe(engine, Web1);

        engine.OnProbeOutcome(_now, again.Id, new ProbeOutcome.Success(TimeSpan.FromMilliseconds(1)), _actions);

        Assert.True(Server(Web1).IsUp);
    }

    [Fact]
    public void ServerThatWasDownBeforeARestart_StaysOutUntilItAnswers()
    {
        DirectorEngine engine = Start(Site(), wasDown: endpoint => endpoint == Web2);
        Assert.False(Server(Web2).IsUp);

        engine.OnProbeOutcome(
            _now, RunToProbe(engine, Web2).Id, new ProbeOutcome.Success(TimeSpan.FromMilliseconds(1)), _actions);

        Assert.True(Server(Web2).IsUp);
    }

    [Fact]
    public void ServerWithoutACheck_ThatWasDown_IsNotLostForEver()
    {
        Configuration site = Site();
        VirtualServerConfig service = site.VirtualServers[0];
        site = site with { VirtualServers = [service with { RealServers = [new RealServerConfig(Web1, Nowhere)] }] };

        Start(site, wasDown: _ => true);

        Assert.True(Server(Web1).IsUp);
    }

    // Each packet is held against it, by whatever method.
    [Theory]
    [InlineData(LoadBalanceKind.Dr)]
    [InlineData(LoadBalanceKind.Nat)]
    public void ServerOnANarrowWay_ThePlanKnowsWhatItTakes_AndFollows(LoadBalanceKind kind)
    {
        Configuration site = Site();
        VirtualServerConfig service = site.VirtualServers[0];
        DirectorEngine engine = Start(site with { VirtualServers = [service with { RealServers = [service.RealServers[0] with { Address = Web1, Kind = kind }] }] });
        var way = new Reachability.Via(new NextHop(2, Mac1, Mac2), OnLink: true) { Mtu = 9000 };

        engine.OnReachability(Web1.Address, way, _actions);
        Assert.Equal(9000, Server(Web1).Mtu);
        engine.OnReachability(Web1.Address, way with { Mtu = 1400 }, _actions);
        Assert.Equal(1400, Server(Web1).Mtu);
    }

    [Fact]
    public void ServerByATunnel_IsReachedFromTheAddressThatTheRouteSays()
    {
        Configuration site = Site();
        VirtualServerConfig service = site.VirtualServers[0];
        RealServerConfig far = service.RealServers[0] with { Address = Web1, Kind = LoadBalanceKind.TunGue, GuePort = 6080 };
        DirectorEngine engine = Start(site with { VirtualServers = [service with { RealServers = [far] }] });
        var way = new Reachability.Via(new NextHop(2, Mac1, Mac2), OnLink: false) { Mtu = 1400 };

        engine.OnReachability(Web1.Address, way, _actions);
        Assert.Equal((null, new TunnelEnd(TunnelKind.Gue, null, 0, 6080)), (Server(Web1).NextHop, Server(Web1).Tunnel!.Value));

        IpAddress source = IpAddress.Parse("10.9.9.9");
        engine.OnReachability(Web1.Address, way with { Source = source }, _actions);
        Assert.Equal(
            (ForwardingMethod.Tunnel, new TunnelEnd(TunnelKind.Gue, source, 1400, 6080)),
            (Server(Web1).Method, Server(Web1).Tunnel));
        Assert.Equal(way.NextHop, Server(Web1).NextHop);
    }

    [Fact]
    public void CoLocatedServer_MakesTheOtherServersPeers()
    {
        DirectorEngine engine = Start(Site());
        engine.OnReachability(Web1.Address, new Reachability.Local(), _actions);
        engine.OnReachability(Web2.Address, new Reachability.Via(new NextHop(2, Mac1, Mac2), OnLink: true), _actions);

        ForwardingPlan plan = LastPlan();
        Assert.True(plan.Services.Single().HasLocalServer);
        Assert.Equal([new PeerDirector(Mac2, Web2.Address)], plan.Peers);
        Assert.True(Server(Web1).IsLocal);
    }

    [Fact]
    public void LocalServerDown_StillCountsAsLocal_SoThatNothingForwardedHereIsBalancedAgain()
    {
        DirectorEngine engine = Start(Site());
        engine.OnReachability(Web1.Address, new Reachability.Local(), _actions);
        engine.OnProbeOutcome(_now, RunToProbe(engine, Web1).Id, new ProbeOutcome.Refused(), _actions);

        Assert.True(LastPlan().Services.Single().HasLocalServer);
    }

    [Fact]
    public void NatServerOnThisNodeByAnotherPort_TakesNoConnections_AndSaysWhy()
    {
        var mapped = new TransportEndpoint(Web1.Address, 8080);
        Configuration site = Site();
        VirtualServerConfig service = site.VirtualServers[0];
        site = site with
        {
            VirtualServers = [service with { RealServers = [new RealServerConfig(mapped, Nowhere), new RealServerConfig(Web2, Nowhere)] }],
        };
        DirectorEngine engine = Start(site);
        Assert.True(Server(mapped).IsUp);
        Assert.Equal(ForwardingMethod.Masquerade, Server(mapped).Method);

        engine.OnReachability(Web1.Address, new Reachability.Local(), _actions);

        Assert.False(Server(mapped).IsUp);
        Assert.Contains("port 80", engine.WhyUnreached(0, 0), StringComparison.Ordinal);
        Assert.Equal("does not answer ARP", engine.WhyUnreached(0, 1));
    }

    // Found by the simulation (seeds 347 and 705): a reloaded director forgot its peers and its own server for a moment.
    [Fact]
    public void Started_BeforeAllWaysAreTold_PlansNothing()
    {
        var engine = new DirectorEngine(Site(), (_, _) => false);
        engine.Start(_now, new Prng(1), _actions);
        engine.OnInterfaces([2], _actions);
        engine.OnReachability(Web1.Address, new Reachability.Local(), _actions);
        Assert.Empty(_actions.OfType<DirectorAction.ApplyPlan>());

        engine.OnReachability(Web2.Address, new Reachability.Via(new NextHop(2, Mac1, Mac2), OnLink: true), _actions);

        ForwardingPlan plan = _actions.OfType<DirectorAction.ApplyPlan>().Single().Plan;
        Assert.True(plan.Services.Single().HasLocalServer);
        Assert.Equal([2], plan.InterfaceIndexes);
        Assert.Single(plan.Peers);
    }

    // Found by the simulation (seeds 1952 and 3282): a node back from the dead forwards before it answers ARP.
    [Fact]
    public void PeerDoesNotAnswer_StaysAPeer()
    {
        DirectorEngine engine = Start(Site());
        engine.OnReachability(Web1.Address, new Reachability.Local(), _actions);
        engine.OnReachability(Web2.Address, new Reachability.Via(new NextHop(2, Mac1, Mac2), OnLink: true), _actions);
        engine.OnReachability(Web2.Address, new Reachability.Unresolved("does not answer ARP"), _actions);

        Assert.Equal([new PeerDirector(Mac2, Web2.Address)], LastPlan().Peers);
        Assert.Null(Server(Web2).NextHop);
    }

    // Found by the simulation (seed 54331): restarted while its peer was away, a director took the peer's frames for a client's.
    [Fact]
    public void RestartedWhilePeerDoesNotAnswer_RemembersIt_ButNotWhoIsNoServerAnyMore()
    {
        var stranger = new PeerDirector(Mac1, IpAddress.Parse("10.0.0.77"));
        var after = new DirectorEngine(Site(), (_, _) => false);
        after.Remember([new PeerDirector(Mac2, Web2.Address), stranger]);
        after.Start(_now, new Prng(1), _actions);
        after.OnReachability(Web1.Address, new Reachability.Local(), _actions);
        after.OnReachability(Web2.Address, new Reachability.Unresolved("does not answer ARP"), _actions);

        Assert.Equal([new PeerDirector(Mac2, Web2.Address)], LastPlan().Peers);
        Assert.Equal(after.Peers, LastPlan().Peers);
    }

    [Fact]
    public void PeerIsNowBehindARouter_IsNoPeerAnyMore()
    {
        DirectorEngine engine = Start(Site());
        engine.OnReachability(Web1.Address, new Reachability.Local(), _actions);
        engine.OnReachability(Web2.Address, new Reachability.Via(new NextHop(2, Mac1, Mac2), OnLink: true), _actions);
        engine.OnReachability(Web2.Address, new Reachability.Via(new NextHop(2, Mac1, Mac2), OnLink: false), _actions);

        Assert.Empty(LastPlan().Peers);
    }

    [Fact]
    public void ServerBehindARouter_IsNoPeer()
    {
        DirectorEngine engine = Start(Site());
        engine.OnReachability(Web1.Address, new Reachability.Local(), _actions);
        engine.OnReachability(Web2.Address, new Reachability.Via(new NextHop(2, Mac1, Mac2), OnLink: false), _actions);
        Assert.Empty(LastPlan().Peers);
    }

    [Fact]
    public void NoLocalServer_NoPeers()
    {
        DirectorEngine engine = Start(Site());
        engine.OnReachability(Web2.Address, new Reachability.Via(new NextHop(2, Mac1, Mac2), OnLink: true), _actions);
        Assert.Empty(LastPlan().Peers);
        Assert.Equal(new NextHop(2, Mac1, Mac2), Server(Web2).NextHop);
    }

    [Fact]
    public void PeerComesBackWithAnotherMac_PlanFollows()
    {
        DirectorEngine engine = Start(Site());
        engine.OnReachability(Web1.Address, new Reachability.Local(), _actions);
        engine.OnReachability(Web2.Address, new Reachability.Via(new NextHop(2, Mac1, Mac2), OnLink: true), _actions);
        var changed = new MacAddress(0x0200000000ff);
        engine.OnReachability(Web2.Address, new Reachability.Via(new NextHop(2, Mac1, changed), OnLink: true), _actions);
        Assert.Equal(changed, LastPlan().Peers.Single().Mac);
    }

    [Fact]
    public void SameReachabilityTwice_PlansOnce()
    {
        DirectorEngine engine = Start(Site());
        var way = new Reachability.Via(new NextHop(2, Mac1, Mac2), OnLink: true);
        engine.OnReachability(Web2.Address, way, _actions);
        _actions.Clear();
        engine.OnReachability(Web2.Address, way, _actions);
        Assert.Empty(_actions);
    }

    [Fact]
    public void TwoInstancesWithOneRouterId_HaveTheirOwnSlots()
    {
        VrrpInstanceConfig first = Instance("VI_1", "eth0", Vip.Address);
        VrrpInstanceConfig second = Instance("VI_2", "eth1", IpAddress.Parse("10.1.0.200"));
        var map = new OwnershipMap(new Configuration { Instances = [first, second] });
        Assert.Equal(51, map.SlotOf("VI_1"));
        Assert.NotEqual(map.SlotOf("VI_1"), map.SlotOf("VI_2"));
    }

    private static VrrpInstanceConfig Instance(string name, string device, IpAddress address) => new(name, Nowhere)
    {
        Interface = device,
        VirtualRouterId = 51,
        VirtualAddresses = [new VirtualAddressConfig(IpPrefix.Host(address), null, null, Nowhere)],
    };

    private static Configuration Site() => new()
    {
        Instances = [Instance("VI_1", "eth0", Vip.Address)],
        VirtualServers =
        [
            new VirtualServerConfig(Vip, Nowhere)
            {
                Algorithm = LoadBalanceAlgorithm.Rr,
                DelayLoop = TimeSpan.FromSeconds(6),
                RealServers = [Checked(Web1), Checked(Web2)],
            },
        ],
    };

    private static RealServerConfig Checked(TransportEndpoint address) => new(address, Nowhere)
    {
        Checks = [new TcpCheckConfig(Nowhere) { Retry = 3, DelayBeforeRetry = TimeSpan.FromSeconds(3) }],
    };

    private DirectorEngine Start(Configuration site, Func<TransportEndpoint, bool>? wasDown = null)
    {
        var engine = new DirectorEngine(site, (_, server) => wasDown?.Invoke(server) ?? false);
        engine.Start(_now, new Prng(1), _actions);
        TellUnresolved(engine);
        return engine;
    }

    private void TellUnresolved(DirectorEngine engine)
    {
        foreach (IpAddress server in engine.ServerAddresses)
        {
            engine.OnReachability(server, new Reachability.Unresolved("does not answer ARP"), _actions);
        }
    }

    private HealthAction.StartProbe RunToProbe(DirectorEngine engine, TransportEndpoint target)
    {
        for (int step = 0; step < 100; step++)
        {
            _actions.Clear();
            _now = engine.Deadline!.Value;
            engine.OnDeadline(_now, _actions);
            HealthAction.StartProbe? probe = _actions.OfType<DirectorAction.StartProbe>()
                .Select(action => action.Probe).FirstOrDefault(p => p.Request.Target == target);
            if (probe is not null)
            {
                return probe;
            }
        }

        throw new InvalidOperationException($"no probe of {target}");
    }

    private ForwardingPlan LastPlan() => _actions.OfType<DirectorAction.ApplyPlan>().Last().Plan;

    private PlannedServer Server(TransportEndpoint address) =>
        LastPlan().Services.Single().Servers.Single(server => server.Address == address);
}
