using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Health;

namespace Pointsman.Engine.Tests;

/// <summary>Which checks take the client's road, and why the others do not.</summary>
public sealed class CheckRoadTests
{
    private static readonly SourceSpan Nowhere = new("test.conf", 1, 1, 1);
    private static readonly TransportEndpoint Vip = new(IpAddress.Parse("10.0.0.200"), 80);
    private static readonly TransportEndpoint Web = new(IpAddress.Parse("10.0.0.1"), 80);
    private static readonly TransportEndpoint Other = new(IpAddress.Parse("10.0.0.2"), 80);
    private static readonly NextHop Hop = new(2, new MacAddress(0x020000000001), new MacAddress(0x020000000002));

    private readonly List<DirectorAction> _actions = [];

    [Fact]
    public void Master_DirectRouting_ChecksThroughTheVip_AndAsksForSilence()
    {
        DirectorAction.StartProbe probe = Probe(Site(), isMaster: true);

        Assert.Equal(new ClientRoad(Vip) { WantsSilence = true }, probe.Probe.Request.Road);
        Assert.Equal(new RoadEntry(new ServiceKey(TransportProtocol.Tcp, Vip), Web, Hop), probe.Road);
        Assert.Equal(Web, probe.Probe.Request.Target);
        Assert.Null(probe.Probe.Request.PlainBecause);
    }

    [Fact]
    public void Backup_ChecksPlainly() => AssertPlain(Probe(Site(), isMaster: false), "VI_1 is not master here");

    [Fact]
    public void MasterNoMore_ChecksPlainlyAgain()
    {
        DirectorEngine engine = Start(Site(), new Reachability.Via(Hop, OnLink: true));
        engine.OnMastership("VI_1", isMaster: true);
        Assert.NotNull(Next(engine).Probe.Request.Road);
        engine.OnMastership("VI_1", isMaster: false);
        AssertPlain(Next(engine), "VI_1 is not master here");
    }

    [Fact]
    public void AddressOfNoInstance_IsOwnedAlways() =>
        Assert.NotNull(Probe(Site() with { Instances = [] }, isMaster: false).Probe.Request.Road);

    [Fact]
    public void ServerBehindARouter_IsCheckedPlainly() =>
        AssertPlain(Probe(Site(), isMaster: true, new Reachability.Via(Hop, OnLink: false)), "a router is on the way");

    // 1500 bytes, less two headers of IPv4, one of TCP, and what is between.
    [Theory]
    [InlineData(LoadBalanceKind.Tun, true, 1440)]
    [InlineData(LoadBalanceKind.Tun, false, 1440)]
    [InlineData(LoadBalanceKind.TunGre, true, 1436)]
    [InlineData(LoadBalanceKind.TunGreCsum, true, 1432)]
    [InlineData(LoadBalanceKind.TunGue, true, 1428)]
    [InlineData(LoadBalanceKind.TunGueCsum, true, 1428)]
    [InlineData(LoadBalanceKind.TunGueRemcsum, true, 1428)]
    public void ServerByTunnel_IsCheckedThroughTheVip_BehindARouterToo(LoadBalanceKind kind, bool onLink, int segmentBytes)
    {
        var way = new Reachability.Via(Hop, onLink) { Source = IpAddress.Parse("10.0.0.9"), Mtu = 1500 };
        DirectorAction.StartProbe probe = Probe(Site(kind: kind), isMaster: true, way);
        Assert.Equal(new ClientRoad(Vip) { IsTunnel = true, WantsSilence = onLink }, probe.Probe.Request.Road);
        Assert.Equal(segmentBytes, probe.Road!.SegmentBytes);
        Assert.Equal(way.Source, probe.Road.Source);
    }

    [Fact]
    public void Ipv6_IsCheckedThroughTheVip()
    {
        TransportEndpoint vip = new(IpAddress.Parse("2001:db8::200"), 80), web = new(IpAddress.Parse("2001:db8::1"), 80);
        VirtualServerConfig service = Site().VirtualServers[0];
        Configuration site = Site() with
        {
            VirtualServers = [service with { Address = vip, RealServers = [service.RealServers[0] with { Address = web }] }],
        };
        DirectorEngine engine = new(site with { Instances = [] }, (_, _) => false);
        engine.OnReachability(web.Address, new Reachability.Via(Hop, OnLink: true) { Source = IpAddress.Parse("2001:db8::9") }, _actions);
        engine.Start(new Instant(0), new Prng(1), _actions);
        DirectorAction.StartProbe probe = Next(engine);
        Assert.Equal(new ClientRoad(vip) { WantsSilence = true }, probe.Probe.Request.Road);
        Assert.Equal(IpAddress.Parse("2001:db8::9"), probe.Road!.Source);
        Assert.Equal(0, probe.Road.SegmentBytes);
    }

    [Fact]
    public void ServerOnThisNode_IsAskedForTheVipDirectly()
    {
        DirectorAction.StartProbe probe = Probe(Site(), isMaster: true, new Reachability.Local());
        Assert.Equal(new ClientRoad(Vip) { IsLocal = true }, probe.Probe.Request.Road);
        Assert.Null(probe.Road);
    }

    [Fact]
    public void OneServerIsThisNode_TheOthersAreNotAskedForSilence()
    {
        DirectorEngine engine = Start(Site(), new Reachability.Via(Hop, OnLink: true));
        engine.OnReachability(Other.Address, new Reachability.Local(), _actions);
        engine.OnMastership("VI_1", isMaster: true);
        Assert.Equal(new ClientRoad(Vip), Next(engine).Probe.Request.Road);
    }

    [Theory]
    [InlineData("nat", null)]
    [InlineData("off", "check_road off")]
    [InlineData("v6", "its tunnel is of the other family")]
    [InlineData("ip", "connect_ip 10.0.0.9 is not the real server")]
    [InlineData("port", "connect_port 8080 is not what clients ask for")]
    [InlineData("mark", "fwmark: the client's road needs a mark of its own")]
    [InlineData("bind_port", "bind_port: the client's road needs a port of its own")]
    public void CheckThatGoesElsewhere_IsPlain_AndSaysWhy(string what, string? why)
    {
        var check = new TcpCheckConfig(Nowhere);
        Configuration site = what switch
        {
            "nat" => Site(kind: LoadBalanceKind.Nat),
            "v6" => Site() with
            {
                VirtualServers = [Site(kind: LoadBalanceKind.Tun).VirtualServers[0] with { Address = new TransportEndpoint(IpAddress.Parse("2001:db8::200"), 80) }],
            },
            "off" => Site() with { VirtualServers = [Site().VirtualServers[0] with { CheckRoad = false }] },
            "ip" => Site(check with { ConnectIp = IpAddress.Parse("10.0.0.9") }),
            "port" => Site(check with { ConnectPort = 8080 }),
            "mark" => Site(check with { FirewallMark = 3 }),
            _ => Site(check with { BindPort = 3000 }),
        };
        AssertPlain(Probe(site, isMaster: true), why);
    }

    [Fact]
    public void Script_GoesWhereItWants() =>
        AssertPlain(Probe(Site(new MiscCheckConfig(Nowhere) { Command = ["/bin/true"] }), isMaster: true), why: null);

    [Fact]
    public void SourceOfTheRoad_IsTold()
    {
        VirtualServerConfig service = Site().VirtualServers[0] with { CheckRoadSource = IpAddress.Parse("10.9.0.2") };
        Assert.Equal(IpAddress.Parse("10.9.0.2"), Probe(Site() with { VirtualServers = [service] }, isMaster: true).Probe.Request.Road!.Source);
    }

    private static void AssertPlain(DirectorAction.StartProbe probe, string? why)
    {
        Assert.Null(probe.Probe.Request.Road);
        Assert.Null(probe.Road);
        Assert.Equal(why, probe.Probe.Request.PlainBecause);
    }

    private static Configuration Site(CheckerConfig? check = null, LoadBalanceKind kind = LoadBalanceKind.Dr) => new()
    {
        Instances =
        [
            new VrrpInstanceConfig("VI_1", Nowhere)
            {
                Interface = "eth0",
                VirtualRouterId = 51,
                VirtualAddresses = [new VirtualAddressConfig(IpPrefix.Host(Vip.Address), null, null, Nowhere)],
            },
        ],
        VirtualServers =
        [
            new VirtualServerConfig(Vip, Nowhere)
            {
                Kind = kind,
                RealServers =
                [
                    new RealServerConfig(Web, Nowhere) { Kind = kind, Checks = [check ?? new TcpCheckConfig(Nowhere)] },
                    new RealServerConfig(Other, Nowhere) { Kind = kind },
                ],
            },
        ],
    };

    private DirectorAction.StartProbe Probe(Configuration site, bool isMaster, Reachability? way = null)
    {
        DirectorEngine engine = Start(site, way ?? new Reachability.Via(Hop, OnLink: true));
        if (isMaster)
        {
            engine.OnMastership("VI_1", isMaster: true);
        }

        return Next(engine);
    }

    private DirectorEngine Start(Configuration site, Reachability way)
    {
        var engine = new DirectorEngine(site, (_, _) => false);
        engine.Start(Instant.FromSeconds(1), new Prng(1), _actions);
        engine.OnReachability(Web.Address, way, _actions);
        return engine;
    }

    private DirectorAction.StartProbe Next(DirectorEngine engine)
    {
        _actions.Clear();
        Instant due = engine.Deadline!.Value;
        engine.OnDeadline(due, _actions);
        DirectorAction.StartProbe probe = _actions.OfType<DirectorAction.StartProbe>().Single();
        engine.OnProbeOutcome(due, probe.Probe.Id, new ProbeOutcome.Success(TimeSpan.Zero), _actions);
        return probe;
    }
}
