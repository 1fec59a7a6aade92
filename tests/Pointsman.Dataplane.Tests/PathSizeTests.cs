using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tracing;
using Pointsman.Linux.Bpf;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

/// <summary>A packet larger than the way to its server takes: the client is told, whatever the method.</summary>
[Collection(PlaneCollection.Name)]
public sealed class PathSizeTests(SharedPlane shared)
{
    private const int Room = 1300;
    private const uint Mark = 9;
    private const ushort DontFragment = 0x4000;
    private const ushort MoreFragments = 0x2000;
    private readonly TestPlane _plane = shared.Fresh();

    public static TheoryData<string, byte, bool> Ways()
    {
        var ways = new TheoryData<string, byte, bool>();
        foreach (string method in new[] { "DR", "NAT", "FNAT" })
        {
            foreach (byte protocol in new byte[] { 6, Frame.Udp })
            {
                ways.Add(method, protocol, false);
                ways.Add(method, protocol, true);
            }
        }

        ways.Add("DR", Frame.Sctp, false);
        ways.Add("NAT", Frame.Sctp, true);
        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void WhatFits_IsSent_OneByteMore_ClientIsTold(string method, byte protocol, bool isV6)
    {
        _plane.Apply(Service(method, protocol, isV6, Room));
        Frame fits = OfSize(Packet(protocol, isV6), Room);
        Assert.Equal("forwarded", _plane.Send(fits).Verdict);

        Frame large = OfSize(Next(fits), Room + 1);
        Outcome outcome = _plane.Send(large);

        Assert.Equal(("too-big-told", XdpAction.Tx), (outcome.Verdict, outcome.Action));
        Told.Expect(outcome.Bytes, large, isV6 ? (2, 0) : (3, 4), Room);
        Assert.Equal("forwarded", _plane.Send(OfSize(Next(fits), Room - 1)).Verdict);
    }

    // A sender that heeds it splits what it sends; nobody here makes two packets of one.
    [Theory]
    [InlineData("DR")]
    [InlineData("NAT")]
    [InlineData("FNAT")]
    public void PacketThatMayBeSplit_ClientIsToldAllTheSame(string method)
    {
        _plane.Apply(Service(method, Frame.Udp, isV6: false, Room));
        Frame large = OfSize(Packet(Frame.Udp, isV6: false), Room + 1) with { Fragment = 0 };
        Outcome outcome = _plane.Send(large);
        Assert.Equal("too-big-told", outcome.Verdict);
        Told.Expect(outcome.Bytes, large, (3, 4), Room);

        // Of the first piece of one that was split already, too; of others never (RFC 1122 §3.2.2).
        Frame first = large with { Fragment = MoreFragments };
        Assert.Equal("too-big-told", _plane.Send(first).Verdict);
        Assert.Equal("too-big", _plane.Send(large with { Fragment = 100 }).Verdict);
    }

    [Fact]
    public void LaterFragmentOfIpv6_ClientIsTold()
    {
        _plane.Apply(Service("DR", Frame.Udp, isV6: true, Room));
        Frame whole = Packet(Frame.Udp, isV6: true);
        Frame Piece(byte high, byte low, int size) => OfSize(whole with { Extensions = [(44, [0, high, low, 0, 0, 0, 7])] }, size);
        Assert.Equal("forwarded", _plane.Send(Piece(0, 1, Room)).Verdict);
        Assert.Equal("forwarded", _plane.Send(Piece(4, 1, Room)).Verdict);
        Outcome outcome = _plane.Send(Piece(4, 1, Room + 1));
        Assert.Equal("too-big-told", outcome.Verdict);
    }

    // RFC 1122 §3.2.2: of errors there are no errors.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ErrorThatDoesNotFit_IsDropped(bool isV6)
    {
        _plane.Apply(Service("DR", 6, isV6, Room));
        Frame begun = Packet(6, isV6);
        _plane.Send(begun);
        Frame answer = begun with { Source = begun.Target, SourcePort = begun.TargetPort, Target = begun.Source, TargetPort = begun.SourcePort };
        byte[] error = IcmpErrors.About(answer);
        Assert.Equal("forwarded", _plane.Send(error).Verdict);
        _plane.Apply(Service("DR", 6, isV6, 50));
        Assert.Equal("too-big", _plane.Send(error).Verdict);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ByAMark_Alike(bool isV6)
    {
        PlannedService service = Service("DR", 6, isV6, Room);
        _plane.Apply(service with { Key = ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, isV6 ? IpFamily.V6 : IpFamily.V4)) });
        Frame fits = OfSize(Packet(6, isV6), Room);
        Assert.Equal("forwarded", _plane.SendMarked(fits, Mark).Verdict);
        Assert.Equal("too-big-told", _plane.SendMarked(OfSize(Next(fits), Room + 1), Mark).Verdict);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    public void WayOfAnySize_OrNotKnown_TakesWhatComes(int mtu)
    {
        _plane.Apply(Service("DR", 6, isV6: false, mtu));
        Assert.Equal("forwarded", _plane.Send(OfSize(Packet(6, isV6: false), 3000)).Verdict);
        Assert.Equal("forwarded", _plane.Send(OfSize(Next(Packet(6, isV6: false)), 3000)).Verdict);
    }

    // As tables of a former version have it until the next plan.
    [Fact]
    public void RecordWithoutAnMtu_TakesWhatComes()
    {
        _plane.Apply(Service("NAT", 6, isV6: false, Room));
        _plane.WithTables(tables => tables.Servers[tables.UsedSlots().Single()].Mtu = 0);
        Assert.Equal("forwarded", _plane.Send(OfSize(Packet(6, isV6: false), 3000)).Verdict);
    }

    [Theory]
    [InlineData("DR", false)]
    [InlineData("NAT", true)]
    public void WayChanges_TheNextPacketIsHeldAgainstTheNewOne(string method, bool isV6)
    {
        _plane.Apply(Service(method, 6, isV6, Room));
        Frame packet = OfSize(Packet(6, isV6), Room);
        Assert.Equal("forwarded", _plane.Send(packet).Verdict);
        _plane.Apply(Service(method, 6, isV6, Room - 1));
        Outcome outcome = _plane.Send(Next(packet));
        Assert.Equal("too-big-told", outcome.Verdict);
        Told.Expect(outcome.Bytes, Next(packet), isV6 ? (2, 0) : (3, 4), Room - 1);
        _plane.Apply(Service(method, 6, isV6, Room));
        Assert.Equal("forwarded", _plane.Send(Next(packet)).Verdict);
    }

    // This node's stack puts together whatever comes.
    [Fact]
    public void ServerOnThisNode_GetsWhatComes()
    {
        PlannedService service = Service("DR", 6, isV6: false, 0);
        _plane.Apply(service with { Servers = [TestPlane.Server(1, isLocal: true)], HasLocalServer = true });
        Assert.Equal("local", _plane.Send(OfSize(Packet(6, isV6: false), 3000)).Verdict);
    }

    // Several packets that the kernel has put together are one larger than any way: out of there they are taken apart again.
    [Theory]
    [InlineData("DR", false)]
    [InlineData("DR", true)]
    [InlineData("NAT", false)]
    [InlineData("FNAT", true)]
    public void InterfaceInTheGenericMode_WhatGoesBackOutOfIt_IsNotRefused(string method, bool isV6)
    {
        _plane.Apply(Service(method, 6, isV6, Room));
        _plane.WithTables(tables => tables.Servers[tables.UsedSlots().Single()].Flags |= (ushort)PmServerFlag.Merges);
        Assert.Equal("forwarded", _plane.Send(OfSize(Packet(6, isV6), 3000)).Verdict);
        _plane.WithTables(tables => tables.Servers[tables.UsedSlots().Single()].Ifindex = TestPlane.Loopback + 1);
        Assert.Equal("too-big-told", _plane.Send(OfSize(Next(Packet(6, isV6)), 3000)).Verdict);
    }

    [Theory]
    [InlineData("DR")]
    [InlineData("NAT")]
    public void Trace_SaysWhatFits(string method)
    {
        _plane.Apply(Service(method, 6, isV6: false, Room));
        using TracePlane plane = TracePlane.TryCopy(_plane.Pins)!;
        TraceReport Trace(int payload) => plane.Trace(
            new TracePacket(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse("203.0.113.5"), 4000), new TransportEndpoint(IpAddress.Parse(TestPlane.Vip), 80))
            {
                PayloadBytes = payload,
            },
            TestPlane.Loopback,
            index => $"if{index}");

        TraceReport fits = Trace(Room - 40), large = Trace(Room - 39);

        Assert.DoesNotContain(fits.Steps, step => step.Name == "size");
        Assert.Equal("too-big-told", large.Verdict);
        Assert.Equal($"{Room + 1} bytes; the way to it takes {Room}", large.Steps.Single(step => step.Name == "size").Finding);
    }

    // A frame gets out with one tag more than its interface's MTU, and no more.
    [Fact]
    public void TwoTags_LeaveRoomForLess()
    {
        NetworkLink Link(int index, int parent, VlanTag? vlan, int mtu) =>
            new(index, $"l{index}", null, true, true, mtu, false, true) { ParentIndex = parent, Vlan = vlan };
        NetworkLink[] links =
        [
            Link(2, 0, null, 1500),
            Link(3, 2, new VlanTag(VlanTag.Customer, 100), 1500),
            Link(4, 3, new VlanTag(VlanTag.Customer, 7), 1500),
            Link(5, 99, new VlanTag(VlanTag.Customer, 9), 1500), // what it stands on is in another namespace
        ];

        Dictionary<uint, int> most = Tables.VlanInterfaces.MostOf(links, Tables.VlanInterfaces.TagsOf(links));

        Assert.Equal([(3u, 1500), (4u, 1496), (5u, int.MaxValue)], most.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));
    }

    private static PlannedService Service(string method, byte protocol, bool isV6, int mtu)
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1) with
        {
            Method = method == "DR" ? ForwardingMethod.DirectRoute : ForwardingMethod.Masquerade,
            Mtu = mtu,
        });
        service = service with { Key = service.Key with { Protocol = (TransportProtocol)protocol } };
        service = isV6 ? TestPlane.Six(service) : service;
        return method != "FNAT" ? service : service with
        {
            LocalAddresses = [new LocalAddress(IpAddress.Parse(isV6 ? "2001:db8:a::210" : "10.0.0.210"), null)],
        };
    }

    private static Frame Packet(byte protocol, bool isV6) =>
        (isV6 ? new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6 } : new Frame { Fragment = DontFragment }) with
        {
            Protocol = protocol, PaddingBytes = 0,
        };

    /// <summary>The same connection's next packet.</summary>
    private static Frame Next(Frame frame) => frame with { Flags = TcpFlags.Ack, Chunk = 0 };

    private static Frame OfSize(Frame frame, int bytes) => frame with { PayloadBytes = frame.PayloadBytes + bytes - frame.TotalBytes };
}
