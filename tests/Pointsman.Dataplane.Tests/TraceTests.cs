using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Tracing;

namespace Pointsman.Dataplane.Tests;

/// <summary>A trace tells what the program itself makes of a packet, and leaves no mark where packets look.</summary>
public sealed class TraceTests : IDisposable
{
    private const uint Mark = 9;
    private readonly TestPlane _plane = new();

    [Fact]
    public void NewConnection_EachDecisionIsTold_AndNothingIsChanged()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]));
        DataplaneSnapshot before = _plane.Plane.ReadSnapshot();

        TraceReport report = Trace(Packet(4000));

        Assert.Equal("TCP 203.0.113.5:4000 -> 192.0.2.100:80 SYN", report.Packet);
        Assert.Equal(("forwarded", "sent back out of that interface"), (report.Verdict, report.Action));
        Assert.Equal(
            ["interface", "service", "armed", "peer director", "connection", "scheduler", "server", "next hop", "connection then"],
            report.Steps.Select(step => step.Name));
        Assert.Equal("TCP 192.0.2.100:80 rr, 2 of 2 servers take new connections", Finding(report, "service"));
        Assert.Equal("yes: no instance moves the address", Finding(report, "armed"));
        Assert.Equal("none", Finding(report, "connection"));
        Assert.Equal("02:00:00:00:01:02 by if1", Finding(report, "next hop"));
        Assert.StartsWith("SYN_RECV with 10.0.0.2:80", Finding(report, "connection then"), StringComparison.Ordinal);

        DataplaneSnapshot after = _plane.Plane.ReadSnapshot();
        Assert.Equal(before.Verdicts, after.Verdicts);
        Assert.Equal((0, before.Services[0].Servers[0]), (after.Connections, after.Services[0].Servers[0]));
        Assert.Equal(2, _plane.Connect(4000));      // the cursor of the scheduler has not moved either
        Assert.Empty(Directory.GetDirectories(Path.GetDirectoryName(_plane.Pins)!, "pointsman-trace-*"));
    }

    [Fact]
    public void ConnectionOfTheLiveTables_IsFound()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(3)]));
        _plane.Connect(4000);
        byte server = _plane.Connect(4001);

        TraceReport report = Trace(Packet(4001) with { TcpFlags = 0x10 });

        Assert.StartsWith($"SYN_RECV with 10.0.0.{server}:80, ends in ", Finding(report, "connection"), StringComparison.Ordinal);
        Assert.Equal($"10.0.0.{server}:80 Route weight 1, as its connection says", Finding(report, "server"));
        Assert.DoesNotContain(report.Steps, step => step.Name == "scheduler");
    }

    // What is asked about is a packet without a payload.
    [Fact]
    public void ServiceByCalls_APacketWithoutOneIsDropped_UnlessItsConnectionIsKnown()
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]) with
        {
            Key = TestPlane.Key with { Protocol = TransportProtocol.Udp },
            Persistence = TimeSpan.FromSeconds(60),
            Flags = ServiceFlags.Calls,
        };
        _plane.Apply(service);
        _plane.Send((new Frame { Protocol = Frame.Udp, SourcePort = 4001 }).Saying("x\r\nCall-ID: a@b\r\n"u8.ToArray()));

        TraceReport fresh = Trace(Packet(4000) with { Protocol = TransportProtocol.Udp });
        TraceReport known = Trace(Packet(4001) with { Protocol = TransportProtocol.Udp });

        Assert.Equal(("no-call-id", "forwarded"), (fresh.Verdict, known.Verdict));
        Assert.Equal("by the Call-ID, and the packet has none: it can only go on with a connection", Finding(fresh, "persistence"));
        Assert.StartsWith("UDP 192.0.2.100:80 rr persistent 60 pe sip, ", Finding(fresh, "service"), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutItsLease_ItIsNotArmed()
    {
        _plane.Apply(TestPlane.Leased([.. TestPlane.Servers(1)]));
        TraceReport without = Trace(Packet(4000));
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        TraceReport with = Trace(Packet(4000));

        Assert.Equal(("not-armed", "handed to this node itself"), (without.Verdict, without.Action));
        Assert.StartsWith("no: lease 3 is not held", Finding(without, "armed"), StringComparison.Ordinal);
        Assert.Equal("forwarded", with.Verdict);
        Assert.StartsWith("yes: lease 3 holds for another ", Finding(with, "armed"), StringComparison.Ordinal);
    }

    [Fact]
    public void FrameOfAnotherDirector_IsNotBalancedAgain()
    {
        var plan = TestPlane.Plan(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2, isLocal: true))) with
        {
            Peers = [new PeerDirector(Frame.Mac(TestPlane.MacOf(1)), IpAddress.Parse("10.0.0.1"))],
        };
        _plane.Plane.Apply(plan);

        TraceReport report = Trace(Packet(4000) with { SourceMac = Frame.Mac(TestPlane.MacOf(1)) });

        Assert.Equal("from-peer-director", report.Verdict);
        Assert.Equal("yes: it has balanced the packet already", Finding(report, "peer director"));
    }

    [Theory]
    [InlineData("192.0.2.100", 81, "not-service", "none has TCP port 81 of 192.0.2.100")]
    [InlineData("192.0.2.101", 80, "not-vip", "none has the address 192.0.2.101")]
    public void WhatIsNobodys_GoesToThisNode(string target, int port, string verdict, string finding)
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(1)]));

        TraceReport report = Trace(Packet(4000) with { Target = new TransportEndpoint(IpAddress.Parse(target), (ushort)port) });

        Assert.Equal((verdict, finding), (report.Verdict, Finding(report, "service")));
    }

    [Fact]
    public void Ipv6_Udp_Persistent_Alike()
    {
        PlannedService six = TestPlane.Six(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]));
        _plane.Apply(six with
        {
            Key = six.Key with { Protocol = TransportProtocol.Udp }, Persistence = TimeSpan.FromSeconds(60), PersistencePrefixLength = 64,
        });
        using TracePlane plane = TracePlane.TryCopy(_plane.Pins)!;
        var packet = new TracePacket(
            TransportProtocol.Udp,
            new TransportEndpoint(IpAddress.Parse("2001:db8:c::5"), 4000),
            new TransportEndpoint(IpAddress.Parse(TestPlane.Vip6), 80));

        TraceReport first = plane.Trace(packet, TestPlane.Loopback, Name);
        TraceReport neighbour = plane.Trace(
            packet with { Source = new TransportEndpoint(IpAddress.Parse("2001:db8:c::6"), 4000) }, TestPlane.Loopback, Name);

        Assert.Equal("forwarded", first.Verdict);
        Assert.Equal("the client is bound to no server", Finding(first, "persistence"));
        Assert.Equal("bound to [2001:db8:a::2]:80", Finding(neighbour, "persistence"));
        Assert.Equal("[2001:db8:a::2]:80 Route weight 1", Finding(neighbour, "server"));
    }

    [Fact]
    public void MaskWithGaps_AClientOfTheSameNetwork_IsBound()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]) with
        {
            Persistence = TimeSpan.FromSeconds(60), PersistencePrefixLength = 24, PersistenceGaps = 0x00ff_0000,
        });
        using TracePlane plane = TracePlane.TryCopy(_plane.Pins)!;
        TracePacket packet = Packet(4000);
        plane.Trace(packet with { Source = new TransportEndpoint(IpAddress.Parse("203.0.113.5"), 4000) }, TestPlane.Loopback, Name);

        TraceReport neighbour = plane.Trace(
            packet with { Source = new TransportEndpoint(IpAddress.Parse("203.7.113.9"), 4000) }, TestPlane.Loopback, Name);
        TraceReport stranger = plane.Trace(
            packet with { Source = new TransportEndpoint(IpAddress.Parse("203.7.112.9"), 4000) }, TestPlane.Loopback, Name);

        Assert.Equal("bound to 10.0.0.2:80", Finding(neighbour, "persistence"));
        Assert.Equal("the client is bound to no server", Finding(stranger, "persistence"));
    }

    [Fact]
    public void Marked_GoesToTheServiceOfTheMark_AndItsNextPacketFindsTheConnection()
    {
        _plane.Apply(
            Marked(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)])) with { Persistence = TimeSpan.FromSeconds(60) },
            TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        using TracePlane plane = TracePlane.TryCopy(_plane.Pins)!;
        TracePacket packet = Packet(4000) with { Mark = Mark, Target = new TransportEndpoint(IpAddress.Parse("198.51.100.7"), 443) };

        TraceReport report = plane.Trace(packet, TestPlane.Loopback, Name);
        TraceReport next = plane.Trace(packet with { TcpFlags = 0x10 }, TestPlane.Loopback, Name);

        Assert.Equal("TCP 203.0.113.5:4000 -> 198.51.100.7:443 SYN mark 9", report.Packet);
        Assert.Equal("forwarded", report.Verdict);
        Assert.Equal(
            ["interface", "service", "armed", "peer director", "connection", "persistence", "scheduler", "server", "next hop", "connection then"],
            report.Steps.Select(step => step.Name));
        Assert.Equal("fwmark 9 rr persistent 60, 2 of 2 servers take new connections", Finding(report, "service"));
        Assert.Equal("not known: the packet comes from the firewall", Finding(report, "peer director"));
        string server = Finding(report, "server").Split(' ')[0];
        Assert.StartsWith($"SYN_RECV with {server}, ends in ", Finding(next, "connection"), StringComparison.Ordinal);
        Assert.Equal(Mark, Assert.Single(plane.ConnectionsOf(packet.Source.Address, port: null)).Ends.Mark);

        TraceReport datagram = plane.Trace(
            new TracePacket(TransportProtocol.Udp, packet.Source with { Port = 9 }, packet.Target) { Mark = Mark }, TestPlane.Loopback, Name);
        Assert.Equal($"bound to {server.Split(':')[0]}:80", Finding(datagram, "persistence"));
    }

    // Wlc's choice would be the newest.
    [Theory]
    [InlineData(SchedulerKind.Lblc, true)]
    [InlineData(SchedulerKind.Lblcr, true)]
    [InlineData(SchedulerKind.Lblc, false)]
    [InlineData(SchedulerKind.Lblcr, false)]
    public void AddressWhoseServerIsRemembered_GoesToThatOne(SchedulerKind scheduler, bool isMarked)
    {
        PlannedService service = TestPlane.Service(scheduler, TestPlane.Server(1), TestPlane.Server(2));
        service = isMarked ? Marked(service) : service;
        _plane.Apply(service with { Servers = [service.Servers[0], service.Servers[1] with { Weight = 0 }] });
        Assert.Equal("forwarded", (isMarked ? _plane.SendMarked(new Frame(), Mark) : _plane.Send(new Frame())).Verdict);
        _plane.Apply(service);

        TraceReport report = Trace(Packet(4000) with { Mark = isMarked ? Mark : 0 });

        Assert.StartsWith("10.0.0.1:80 ", Finding(report, "server"), StringComparison.Ordinal);
    }

    [Fact]
    public void Marked_OtherwiseThanAnyService_IsNobodys()
    {
        _plane.Apply(Marked(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(1)])));

        TraceReport other = Trace(Packet(4000) with { Mark = Mark + 1 });

        Assert.Equal(("not-service", "none is known by fwmark 10"), (other.Verdict, Finding(other, "service")));
        Assert.Equal("forwarded", Trace(Packet(4000) with { Mark = Mark }).Verdict);
        Assert.Equal("not-vip", Trace(Packet(4000)).Verdict);
    }

    // The data path is asked on the wire first.
    [Fact]
    public void Marked_ButOfAServiceByItsAddress_NeverBearsTheMark()
    {
        _plane.Apply(Marked(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1))), TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(2)));

        TraceReport report = Trace(Packet(4000) with { Mark = Mark });

        Assert.Equal("TCP 192.0.2.100:80 rr, 1 of 1 servers take new connections", Finding(report, "service"));
        Assert.Equal("not 9 yet: a service by its address takes it before the firewall sees it", Finding(report, "mark"));
        Assert.StartsWith("10.0.0.2:80", Finding(report, "server"), StringComparison.Ordinal);
    }

    [Fact]
    public void Marked_ForAnAddressThatMoves_NeedsItsLease()
    {
        _plane.Plane.Leases.Release(TestPlane.Lease);
        _plane.Plane.Apply(TestPlane.Plan(Marked(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)))) with
        {
            Addresses = [new OwnedAddress(IpAddress.Parse(TestPlane.Vip), TestPlane.Lease)],
        });

        TraceReport without = Trace(Packet(4000) with { Mark = Mark });
        TraceReport elsewhere = Trace(Packet(4000) with { Mark = Mark, Target = new TransportEndpoint(IpAddress.Parse("198.51.100.7"), 80) });

        Assert.Equal("not-armed", without.Verdict);
        Assert.StartsWith("no: lease 3 is not held", Finding(without, "armed"), StringComparison.Ordinal);
        Assert.Equal(("forwarded", "yes: no instance moves the address"), (elsewhere.Verdict, Finding(elsewhere, "armed")));
    }

    // The kernel has routed it once before it comes.
    [Theory]
    [InlineData(2, "ttl-expired-told")]
    [InlineData(3, "forwarded")]
    public void Marked_HasLostAHopToTheFirewall(byte ttl, string verdict)
    {
        _plane.Apply(Marked(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1))));

        Assert.Equal(verdict, Trace(Packet(4000) with { Mark = Mark, Ttl = ttl }).Verdict);
    }

    [Fact]
    public void NothingPinned_IsSaid() => Assert.Null(TracePlane.TryCopy(_plane.Pins + "-none"));

    public void Dispose() => _plane.Dispose();

    private static PlannedService Marked(PlannedService service) => service with
    {
        Key = ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, IpFamily.V4)),
    };

    private static string Finding(TraceReport report, string name) => Assert.Single(report.Steps, step => step.Name == name).Finding;

    private static string Name(int index) => $"if{index}";

    private static TracePacket Packet(ushort port) => new(
        TransportProtocol.Tcp,
        new TransportEndpoint(IpAddress.Parse("203.0.113.5"), port),
        new TransportEndpoint(IpAddress.Parse(TestPlane.Vip), 80));

    private TraceReport Trace(TracePacket packet)
    {
        using TracePlane plane = TracePlane.TryCopy(_plane.Pins)!;
        return plane.Trace(packet, TestPlane.Loopback, Name);
    }
}
