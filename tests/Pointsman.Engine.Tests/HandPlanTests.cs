using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Engine.ByHand;

namespace Pointsman.Engine.Tests;

/// <summary>Without a daemon, what is set by hand is set over what the tables say, and is known to the next daemon.</summary>
public sealed class HandPlanTests
{
    private static readonly ServiceKey Web = Key("10.0.0.200", 80);
    private static readonly ServiceKey New = Key("10.0.0.201", 80);
    private static readonly NextHop Hop = new(3, new MacAddress(1), new MacAddress(2));

    // As a daemon left them: a lease, a peer, a server that failed its check.
    private static readonly ForwardingPlan Tables = new(
        [
            new PlannedService(
                Web, SchedulerKind.Wrr, TimeSpan.FromSeconds(60), LeaseSlot: 51, HasLocalServer: false,
                [
                    Server("10.0.0.1", weight: 3, isUp: true),
                    Server("10.0.0.2", weight: 1, isUp: false),
                ])
            { PersistencePrefixLength = 24, PersistenceGaps = 0x00ff_0000, Rules = ConnectionRules.Sloppy },
        ],
        [new PeerDirector(new MacAddress(9), IpAddress.Parse("10.0.0.9"))],
        [3])
    {
        Addresses = [new OwnedAddress(IpAddress.Parse("10.0.0.200"), 51), new OwnedAddress(IpAddress.Parse("10.0.0.201"), 52)],
    };

    [Fact]
    public void NothingChanged_IsThePlanAsItWas()
    {
        ForwardingPlan same = Change();

        Assert.Equal(Words(Tables), Words(same));
        Assert.Equal(Tables.Peers, same.Peers);
        Assert.Equal(Tables.Addresses, same.Addresses);
        Assert.Equal(Tables.InterfaceIndexes, same.InterfaceIndexes);
    }

    /// <summary>Nobody's way changes what was set: neither while the server is not found, nor where it is this node.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ServerByATunnelThatHasNoWay_KeepsItsKind(bool isLocal)
    {
        PlannedServer far = Server("10.0.0.1", weight: 3, isUp: true) with
        {
            Method = ForwardingMethod.Tunnel, NextHop = null, IsLocal = isLocal, Tunnel = new TunnelEnd(TunnelKind.Gue, null, 0, 6080),
        };
        ForwardingPlan tables = Tables with { Services = [Tables.Services[0] with { Servers = [far] }] };
        HandTable.Empty.TryObey(
            new HandOrder.EditService(Web, new HandService(LoadBalanceAlgorithm.Rr, SchedulerFlags.None, null, 32)), HandPlan.Describe(tables), out HandTable delta);

        ForwardingPlan changed = HandPlan.Change(
            tables, delta.Over(HandPlan.Describe(tables)), _ => isLocal ? new Reachability.Local() : new Reachability.Unresolved("nobody answers"));

        Assert.Equal(new TunnelEnd(TunnelKind.Gue, null, 0, 6080), Assert.Single(changed.Services[0].Servers).Tunnel);
    }

    [Fact]
    public void WeightSet_WhatTheWayTakesStays()
    {
        ForwardingPlan tables = Tables with
        {
            Services = [Tables.Services[0] with { Servers = [Server("10.0.0.1", weight: 3, isUp: true) with { Mtu = 1400 }] }],
        };
        HandTable.Empty.TryObey(
            new HandOrder.EditServer(Web, End("10.0.0.1", 80), new HandServer(LoadBalanceKind.Dr, 5, 0, 0)), HandPlan.Describe(tables), out HandTable delta);

        ForwardingPlan changed = HandPlan.Change(tables, delta.Over(HandPlan.Describe(tables)), _ => new Reachability.Unresolved("not asked"));

        PlannedServer server = Assert.Single(changed.Services[0].Servers);
        Assert.Equal((5, 1400), (server.Weight, server.Mtu));
    }

    [Fact]
    public void WeightSet_LeaseAndHealthStay() => Assert.Equal(
        ["TCP 10.0.0.200:80 Wrr lease 51: 10.0.0.1:80 w0 up by 00:00:00:00:00:02, 10.0.0.2:80 w1 down by 00:00:00:00:00:02"],
        Words(Change(new HandOrder.EditServer(Web, End("10.0.0.1", 80), new HandServer(LoadBalanceKind.Dr, 0, 0, 0)))));

    [Fact]
    public void WeightSet_RulesOfTheFileStay() => Assert.Equal(
        ConnectionRules.Sloppy,
        Change(new HandOrder.EditServer(Web, End("10.0.0.1", 80), new HandServer(LoadBalanceKind.Dr, 0, 0, 0))).Services[0].Rules);

    [Fact]
    public void NewServiceOfAnAddressThatMoves_NeedsItsLease()
    {
        ForwardingPlan plan = Change(
            new HandOrder.AddService(New, new HandService(LoadBalanceAlgorithm.Rr, SchedulerFlags.None, null, 32)),
            new HandOrder.AddServer(New, End("10.0.0.7", 80), new HandServer(LoadBalanceKind.Nat, 1, 0, 0)),
            new HandOrder.AddServer(New, End("10.0.0.8", 80), new HandServer(LoadBalanceKind.Dr, 1, 0, 0)));

        Assert.Equal("TCP 10.0.0.201:80 Rr lease 52: 10.0.0.7:80 w1 up by 00:00:00:00:00:07, 10.0.0.8:80 w1 up by nobody", Words(plan)[1]);
    }

    [Fact]
    public void Cleared_TheAddressesStayGuarded()
    {
        ForwardingPlan plan = Change(new HandOrder.Clear());

        Assert.Empty(plan.Services);
        Assert.Equal(Tables.Addresses, plan.Addresses);
    }

    [Fact]
    public void NextDaemon_HasItAsSetByHand_UnlessTheFileSaysOtherwise()
    {
        Configuration said = HandPlan.Describe(Tables);
        HandTable.Empty.TryObey(
            new HandOrder.EditServer(Web, End("10.0.0.1", 80), new HandServer(LoadBalanceKind.Dr, 0, 0, 0)), said, out HandTable delta);
        HandTable noted = HandTable.Empty.With(delta);

        Assert.Equal(0, noted.Under(File(weight: 3), out _).Over(File(weight: 3)).VirtualServers[0].RealServers[0].Weight);
        Assert.Empty(noted.Under(File(weight: 5), out _).Entries);
    }

    [Fact]
    public void NotedTwice_WhatTheFileSaidIsOfTheFirstTime_AndSetBackItIsNoEntry()
    {
        HandTable Set(HandTable noted, int from, int to)
        {
            HandTable.Empty.TryObey(
                new HandOrder.EditServer(Web, End("10.0.0.1", 80), new HandServer(LoadBalanceKind.Dr, to, 0, 0)), File(from), out HandTable delta);
            return noted.With(delta);
        }

        HandTable twice = Set(Set(HandTable.Empty, 3, 0), 0, 7);
        Assert.Equal("DR weight 3 limits 0 0", Assert.Single(twice.Entries).FileSaid);
        Assert.Empty(Set(twice, 7, 3).Entries);
    }

    [Fact]
    public void ServiceRemoved_TakesItsServersEntriesAlong()
    {
        HandTable.Empty.TryObey(
            new HandOrder.EditServer(Web, End("10.0.0.1", 80), new HandServer(LoadBalanceKind.Dr, 0, 0, 0)), File(3), out HandTable first);
        HandTable.Empty.TryObey(new HandOrder.DeleteService(Web), File(0), out HandTable second);

        HandEntry entry = Assert.Single(HandTable.Empty.With(first).With(second).Entries);
        Assert.Equal((null, true), (entry.Server, entry.IsRemoved));
    }

    private static Configuration File(int weight) => new()
    {
        VirtualServers =
        [
            new VirtualServerConfig(Web.Address, default)
            {
                Kind = LoadBalanceKind.Dr,
                Algorithm = LoadBalanceAlgorithm.Wrr,
                PersistenceTimeout = TimeSpan.FromSeconds(60),
                PersistencePrefixLength = 24,
                RealServers =
                [
                    new RealServerConfig(End("10.0.0.1", 80), default) { Kind = LoadBalanceKind.Dr, Weight = weight },
                    new RealServerConfig(End("10.0.0.2", 80), default) { Kind = LoadBalanceKind.Dr },
                ],
            },
        ],
    };

    private static ForwardingPlan Change(params HandOrder[] orders)
    {
        Configuration said = HandPlan.Describe(Tables);
        HandTable table = HandTable.Empty;
        foreach (HandOrder order in orders)
        {
            Assert.Equal(HandRefusal.None, table.TryObey(order, said, out table));
        }

        Configuration wanted = table.Over(said);
        ImmutableArray<IpAddress> unknown = HandPlan.Unknown(Tables, wanted);
        Assert.DoesNotContain(IpAddress.Parse("10.0.0.1"), unknown);
        return HandPlan.Change(Tables, wanted, server => server == IpAddress.Parse("10.0.0.7")
            ? new Reachability.Via(new NextHop(4, new MacAddress(1), new MacAddress(7)), OnLink: true)
            : new Reachability.Unresolved("nobody there"));
    }

    private static string[] Words(ForwardingPlan plan) =>
    [
        .. plan.Services.Select(service => $"{service.Key} {service.Scheduler} lease {service.LeaseSlot}: " + string.Join(", ", service.Servers.Select(
            server => $"{server.Address} w{server.Weight} {(server.IsUp ? "up" : "down")} by {server.NextHop?.Target.ToString() ?? "nobody"}"))),
    ];

    private static PlannedServer Server(string address, int weight, bool isUp) =>
        new(End(address, 80), ForwardingMethod.DirectRoute, weight, isUp, IsLocal: false, Hop);

    private static ServiceKey Key(string address, ushort port) => new(TransportProtocol.Tcp, End(address, port));

    private static TransportEndpoint End(string address, ushort port) => new(IpAddress.Parse(address), port);
}
