using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tests;

/// <summary>A plan costs what it changes.</summary>
public sealed class TableWritesTests : IDisposable
{
    private readonly TestPlane _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(SchedulerKind.Rr)]
    [InlineData(SchedulerKind.Lc)]
    [InlineData(SchedulerKind.Wlc)]
    [InlineData(SchedulerKind.Sed)]
    [InlineData(SchedulerKind.Nq)]
    [InlineData(SchedulerKind.Lblcr)]
    public void OneWeightChanged_IsOneWrite(SchedulerKind scheduler)
    {
        _test.Plane.Apply(Plan(scheduler, weight: 1));

        Assert.Equal(1, WritesOf(Plan(scheduler, weight: 3)));
    }

    [Fact]
    public void WeightedRoundRobin_WeightChanged_IsTheServerTheServiceAndItsNewRing()
    {
        _test.Plane.Apply(Plan(SchedulerKind.Wrr, weight: 1));

        // Eleven servers of weight 1 and one of weight 3 take fourteen turns.
        Assert.Equal(1 + 1 + 14, WritesOf(Plan(SchedulerKind.Wrr, weight: 3)));
    }

    [Fact]
    public void SamePlan_IsNoWrite()
    {
        _test.Plane.Apply(Plan(SchedulerKind.Wrr, weight: 2));

        Assert.Equal(0, WritesOf(Plan(SchedulerKind.Wrr, weight: 2)));
    }

    [Fact]
    public void ServiceAddedAndRemoved_OthersAreNotWritten()
    {
        ForwardingPlan one = Plan(SchedulerKind.Rr, weight: 1, services: 1);
        ForwardingPlan two = Plan(SchedulerKind.Rr, weight: 1, services: 2);
        long first = WritesOf(one);

        long added = WritesOf(two);

        // The first one also brought the interface.
        Assert.InRange(added, 1, first);
        Assert.InRange(WritesOf(one), 1, first);
        Assert.Equal(0, WritesOf(one));
    }

    [Fact]
    public void DrainedAndBack_LastWeightIsKept()
    {
        _test.Plane.Apply(Plan(SchedulerKind.Mh, weight: 3));
        _test.Plane.Apply(Plan(SchedulerKind.Mh, weight: 0));
        ServerSnapshot drained = _test.Plane.ReadSnapshot().Services[0].Servers.Single(server => server.Weight == 0);

        Assert.True(drained.IsUp);
        Assert.Equal(0, WritesOf(Plan(SchedulerKind.Mh, weight: 0)));
    }

    private static ForwardingPlan Plan(SchedulerKind scheduler, int weight, int services = 1) => new(
        [.. Enumerable.Range(0, services).Select(service => Service(scheduler, service, weight))], [], []);

    private static PlannedService Service(SchedulerKind scheduler, int number, int weight) => new(
        new ServiceKey(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse($"192.0.2.{100 + number}"), 80)),
        scheduler,
        Persistence: null,
        LeaseSlot: null,
        HasLocalServer: false,
        [
            .. Enumerable.Range(1, 12).Select(server => new PlannedServer(
                new TransportEndpoint(IpAddress.Parse($"10.0.{number}.{server}"), 80),
                ForwardingMethod.DirectRoute,
                server == 5 ? weight : 1,
                IsUp: true,
                IsLocal: false,
                new NextHop(TestPlane.Loopback, new MacAddress(0x0200000000d1), new MacAddress(0x020000000000 + (ulong)server)))),
        ]);

    private long WritesOf(ForwardingPlan plan)
    {
        long before = _test.Plane.TableWrites;
        _test.Plane.Apply(plan);
        return _test.Plane.TableWrites - before;
    }
}
