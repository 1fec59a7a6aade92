using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tests;

/// <summary>Counters that begin at zero again, and connections that do not.</summary>
[Collection(PlaneCollection.Name)]
public sealed class ZeroTests(SharedPlane shared)
{
    private static readonly ServiceKey Other = new(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse("192.0.2.101"), 80));
    private readonly TestPlane _plane = shared.Fresh();

    [Fact]
    public void OneService_IsZeroed_ItsConnectionsStay_OthersCountOn()
    {
        _plane.Apply(
            TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)),
            TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)) with { Key = Other });
        _plane.Send(new Frame());
        _plane.Send(new Frame { Target = "192.0.2.101" });

        Assert.True(_plane.Plane.TryZero(TestPlane.Key));

        ServiceSnapshot zeroed = _plane.Plane.ReadSnapshot().Services.Single(service => service.Key == TestPlane.Key);
        Assert.Equal(default, zeroed.Totals);
        Assert.Equal(1, zeroed.Servers[0].Active);
        Assert.Equal(1, _plane.Plane.ReadSnapshot().Services.Single(service => service.Key == Other).Totals.Connections);
        Assert.True(_plane.Plane.TryZero(null));
        Assert.Equal(default, _plane.Plane.ReadSnapshot().Services.Single(service => service.Key == Other).Totals);
    }

    [Fact]
    public void UnknownService_IsRefused() => Assert.False(_plane.Plane.TryZero(Other));
}
