using Pointsman.Balance.Connections;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;

namespace Pointsman.Balance.Tests;

public sealed class ServiceModelTests
{
    private static readonly Instant Begin = Instant.FromSeconds(1000);
    private static readonly FlowKey Client = Key("198.51.100.1", 40000);

    [Fact]
    public void Syn_FreshService_GoesToTheNewestServerAndIsActive()
    {
        ServiceModel service = Service();
        Assert.Equal(Forwarded(2), service.OnSegment(Begin, Client, TcpEvent.Syn));
        Assert.Equal(TcpState.SynReceived, service.StateOf(Client));
        Assert.Equal(new ServerLoad(1, 0), service.LoadOf(2));
    }

    [Fact]
    public void SynRepeated_KnownConnection_KeepsItsServer()
    {
        ServiceModel service = Service();
        service.OnSegment(Begin, Client, TcpEvent.Syn);
        Assert.Equal(Forwarded(2), service.OnSegment(At(1), Client, TcpEvent.Syn));
        Assert.Equal(new ServerLoad(1, 0), service.LoadOf(2));
    }

    [Fact]
    public void Ack_NoConnection_IsNotScheduled() =>
        Assert.IsType<ConnectionOutcome.NoConnection>(Service().OnSegment(Begin, Client, TcpEvent.Ack));

    [Fact]
    public void Close_CountsAsInactiveUntilSwept()
    {
        ServiceModel service = Service();
        Run(service, Begin, Client, TcpEvent.Syn, TcpEvent.Ack, TcpEvent.Fin);
        Assert.Equal(new ServerLoad(0, 1), service.LoadOf(2));
        Assert.Equal(0, service.Sweep(At(119.9)));
        Assert.Equal(1, service.Sweep(At(120)));
        Assert.Equal(default, service.LoadOf(2));
        Assert.Equal(0, service.ConnectionCount);
    }

    [Fact]
    public void OldPortUsedAgain_AfterClose_IsScheduledAnewAndCountedOnce()
    {
        ServiceModel service = Service();
        Run(service, Begin, Client, TcpEvent.Syn, TcpEvent.Ack, TcpEvent.Reset);
        Assert.Equal(Forwarded(1), service.OnSegment(At(5), Client, TcpEvent.Syn));
        Assert.Equal(default, service.LoadOf(2));
        Assert.Equal(new ServerLoad(1, 0), service.LoadOf(1));
    }

    [Fact]
    public void ServerGone_EstablishedIsDropped_SynIsScheduledAnew()
    {
        ServiceModel service = Service();
        Run(service, Begin, Client, TcpEvent.Syn, TcpEvent.Ack);
        service.RemoveServer(2);
        Assert.IsType<ConnectionOutcome.ServerGone>(service.OnSegment(At(1), Client, TcpEvent.Ack));
        Assert.Equal(new ServerLoad(1, 0), service.LoadOf(2));
        Assert.Equal(Forwarded(1), service.OnSegment(At(2), Client, TcpEvent.Syn));
        Assert.Equal(default, service.LoadOf(2));
    }

    [Fact]
    public void Quiesced_EstablishedGoesOn_NewGoElsewhere()
    {
        ServiceModel service = Service();
        Run(service, Begin, Client, TcpEvent.Syn, TcpEvent.Ack);
        service.SetWeight(2, 0);
        Assert.Equal(Forwarded(2), service.OnSegment(At(1), Client, TcpEvent.Ack));
        Assert.Equal(Forwarded(1), service.OnSegment(At(1), Key("198.51.100.1", 40001), TcpEvent.Syn));
        service.SetWeight(1, 0);
        Assert.IsType<ConnectionOutcome.NoServer>(service.OnSegment(At(1), Key("198.51.100.1", 40002), TcpEvent.Syn));
    }

    [Fact]
    public void EachPacket_RestartsTheTimer()
    {
        ServiceModel service = Service();
        Run(service, Begin, Client, TcpEvent.Syn, TcpEvent.Ack);
        service.OnSegment(At(899), Client, TcpEvent.Ack);
        Assert.Equal(Forwarded(2), service.OnSegment(At(1798), Client, TcpEvent.Ack));
        Assert.IsType<ConnectionOutcome.NoConnection>(service.OnSegment(At(2698), Client, TcpEvent.Ack));
    }

    [Fact]
    public void Persistent_SameNetwork_StaysAtItsServer()
    {
        ServiceModel service = Service(new PersistenceRule(TimeSpan.FromSeconds(60), 24));
        Assert.Equal(Forwarded(2), service.OnSegment(Begin, Key("198.51.100.1", 1), TcpEvent.Syn));
        Assert.Equal(Forwarded(2), service.OnSegment(Begin, Key("198.51.100.250", 1), TcpEvent.Syn));
        Assert.Equal(Forwarded(1), service.OnSegment(Begin, Key("198.51.101.1", 1), TcpEvent.Syn));
    }

    [Fact]
    public void Persistent_NewConnection_RestartsTheFullTime()
    {
        ServiceModel service = Service(new PersistenceRule(TimeSpan.FromSeconds(300), 32));
        Run(service, Begin, Client, TcpEvent.Syn, TcpEvent.Reset);
        FlowKey second = Client with { Port = 2 };
        Run(service, At(250), second, TcpEvent.Syn, TcpEvent.Reset);
        service.Sweep(At(500));
        Assert.Equal(Forwarded(2), service.OnSegment(At(549), Client with { Port = 3 }, TcpEvent.Syn));
    }

    [Fact]
    public void Persistent_TimeIsUp_HeldOnlyWhileItControlsConnections()
    {
        ServiceModel service = Service(new PersistenceRule(TimeSpan.FromSeconds(60), 32));
        Run(service, Begin, Client, TcpEvent.Syn, TcpEvent.Ack);
        Assert.Equal(Forwarded(2), service.OnSegment(At(800), Client with { Port = 2 }, TcpEvent.Syn));
        service.Sweep(At(1000));
        Assert.Equal(0, service.ConnectionCount);
        Assert.Equal(Forwarded(1), service.OnSegment(At(1000), Client with { Port = 3 }, TcpEvent.Syn));
    }

    [Fact]
    public void Persistent_ServerQuiesced_KeepsItsClients_ServerGone_DoesNot()
    {
        ServiceModel service = Service(new PersistenceRule(TimeSpan.FromSeconds(60), 32));
        service.OnSegment(Begin, Client, TcpEvent.Syn);
        service.SetWeight(2, 0);
        Assert.Equal(Forwarded(2), service.OnSegment(At(1), Client with { Port = 2 }, TcpEvent.Syn));
        service.RemoveServer(2);
        Assert.Equal(Forwarded(1), service.OnSegment(At(2), Client with { Port = 3 }, TcpEvent.Syn));
        service.AddServer(2, 1);
        Assert.Equal(Forwarded(1), service.OnSegment(At(3), Client with { Port = 4 }, TcpEvent.Syn));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void AnySegments_CountsOfAllServers_AreTheConnectionsThereAre(int seed)
    {
        var prng = new Prng((ulong)seed);
        PersistenceRule? rule = prng.OneIn(2) ? new PersistenceRule(TimeSpan.FromSeconds(60), 24) : null;
        ServiceModel service = Service(rule, (SchedulerKind)prng.NextInt(4));
        Instant now = Begin;
        for (int step = 0; step < 2000; step++)
        {
            now += prng.NextSpan(TimeSpan.FromSeconds(3));
            FlowKey key = Key($"198.51.{prng.NextInt(4)}.{prng.NextInt(4)}", (ushort)prng.NextInt(4));
            service.OnSegment(now, key, (TcpEvent)prng.NextInt(5));
            if (prng.OneIn(50))
            {
                service.SetWeight(1, prng.NextInt(3));
                service.Sweep(now);
            }

            ServerLoad first = service.LoadOf(1);
            ServerLoad second = service.LoadOf(2);
            Assert.True(first is { Active: >= 0, Inactive: >= 0 } && second is { Active: >= 0, Inactive: >= 0 });
            Assert.Equal(service.ConnectionCount, first.Active + first.Inactive + second.Active + second.Inactive);
        }

        service.Sweep(now + TimeSpan.FromDays(1));
        Assert.Equal(0, service.ConnectionCount);
        Assert.Equal(default, service.LoadOf(1));
        Assert.Equal(default, service.LoadOf(2));
    }

    [Theory]
    [InlineData("203.0.113.77", 32, "203.0.113.77")]
    [InlineData("203.0.113.77", 26, "203.0.113.64")]
    [InlineData("203.0.113.77", 8, "203.0.0.0")]
    [InlineData("203.0.113.77", 0, "0.0.0.0")]
    [InlineData("2001:db8:1:2::7", 48, "2001:db8:1::")]
    public void Network_OfAClient_KeepsThePrefix(string client, int prefixLength, string network) =>
        Assert.Equal(
            IpAddress.Parse(network),
            new PersistenceRule(TimeSpan.FromSeconds(1), prefixLength).NetworkOf(IpAddress.Parse(client)));

    [Fact]
    public void Network_OfAClient_LeavesOutTheGaps() => Assert.Equal(
        IpAddress.Parse("203.0.113.0"),
        new PersistenceRule(TimeSpan.FromSeconds(1), 24) { Gaps = 0x00ff_0000 }.NetworkOf(IpAddress.Parse("203.9.113.77")));

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 20).Select(seed => new TheoryDataRow<int>(seed));

    private static ServiceModel Service(PersistenceRule? persistence = null, SchedulerKind scheduler = SchedulerKind.Rr)
    {
        var service = new ServiceModel(scheduler, persistence, ConnectionTimeouts.Default);
        service.AddServer(1, 1);
        service.AddServer(2, 1);
        return service;
    }

    private static void Run(ServiceModel service, Instant now, FlowKey key, params TcpEvent[] segments)
    {
        foreach (TcpEvent segment in segments)
        {
            service.OnSegment(now, key, segment);
        }
    }

    private static Instant At(double seconds) => Begin + TimeSpan.FromSeconds(seconds);

    private static FlowKey Key(string client, ushort port) => new(IpAddress.Parse(client), port);

    private static ConnectionOutcome Forwarded(int server) => new ConnectionOutcome.Forwarded(server);
}
