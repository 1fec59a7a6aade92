using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tests;

/// <summary>What the tables do can be read back as the plan they were made by.</summary>
public sealed class PlanReaderTests : IDisposable
{
    private readonly TestPlane _plane = new();

    [Fact]
    public void PlanReadBack_IsTheOneThatWasWritten()
    {
        ForwardingPlan plan = Everything();
        _plane.Plane.Apply(plan);

        ForwardingPlan read = _plane.Plane.ReadPlan();

        Assert.Equal(Words(plan.Services), Words(read.Services));
        Assert.Equal(plan.Peers, read.Peers);
        Assert.Equal(plan.Addresses.Select(address => address.Address), read.Addresses.Select(address => address.Address));
    }

    [Fact]
    public void PlanReadBack_WrittenAgain_WritesNothing()
    {
        _plane.Plane.Apply(Everything());
        long writes = _plane.Plane.TableWrites;

        _plane.Plane.Apply(_plane.Plane.ReadPlan());

        Assert.Equal(writes, _plane.Plane.TableWrites);
    }

    [Fact]
    public void TakenUp_WithoutLoadingAnything_ItIsTheSame()
    {
        _plane.Plane.Apply(Everything());
        using XdpDataplane? again = XdpDataplane.TryTakeUp(new DataplaneOptions { PinDirectory = _plane.Pins });

        Assert.NotNull(again);
        Assert.Equal(Words(_plane.Plane.ReadPlan().Services), Words(again.ReadPlan().Services));
        Assert.Null(XdpDataplane.TryTakeUp(new DataplaneOptions { PinDirectory = _plane.Pins + "-none" }));
    }

    public void Dispose() => _plane.Dispose();

    private static ForwardingPlan Everything()
    {
        PlannedServer limited = TestPlane.Server(2, weight: 7, isUp: false) with { UpperThreshold = 9, LowerThreshold = 4 };
        PlannedServer masked = TestPlane.Server(3) with { Method = ForwardingMethod.Masquerade, Mtu = 1400 };
        PlannedServer tunnel = TestPlane.Server(4) with
        {
            Method = ForwardingMethod.Tunnel,
            Tunnel = new TunnelEnd(TunnelKind.Gue, IpAddress.Parse("10.0.0.1"), 1500, 6080) { Checksum = TunnelChecksum.Remote },
        };
        PlannedServer lost = TestPlane.Server(5) with { NextHop = null };
        PlannedServer lostTunnel = TestPlane.Server(7) with
        {
            Method = ForwardingMethod.Tunnel, NextHop = null, Tunnel = new TunnelEnd(TunnelKind.Gue, null, 0, 6081),
        };
        PlannedServer ownTunnel = TestPlane.Server(8, isLocal: true) with
        {
            Method = ForwardingMethod.Tunnel, Tunnel = new TunnelEnd(TunnelKind.Gre, null, 0) { Checksum = TunnelChecksum.Outer },
        };
        PlannedService web = TestPlane.Leased(TestPlane.Server(1), limited, lost, TestPlane.Server(6, isLocal: true)) with
        {
            Persistence = TimeSpan.FromSeconds(60), PersistencePrefixLength = 24, PersistenceGaps = 0x00ff_0000, Flags = ServiceFlags.Port, Scheduler = SchedulerKind.Sh,
        };
        PlannedService nat = TestPlane.Service(SchedulerKind.Wlc, masked, tunnel, lostTunnel, ownTunnel);
        nat = nat with { Key = nat.Key with { Address = nat.Key.Address with { Port = 8080 } }, LeaseSlot = TestPlane.Lease };
        return new ForwardingPlan(
            [web, nat, TestPlane.Six(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)))],
            [new PeerDirector(Frame.Mac(TestPlane.MacOf(1)), IpAddress.Parse("10.0.0.1"))],
            [])
        {
            Addresses = [new OwnedAddress(IpAddress.Parse("192.0.2.77"), 5), new OwnedAddress(IpAddress.Parse(TestPlane.Vip), TestPlane.Lease)],
        };
    }

    private static string[] Words(ImmutableArray<PlannedService> services) =>
    [
        .. services.OrderBy(service => service.Key.Address).Select(service => $"{service with { Servers = [] }}"),
        .. services.OrderBy(service => service.Key.Address).SelectMany(service => service.Servers.Select(server => $"{service.Key} {server}")),
    ];
}
