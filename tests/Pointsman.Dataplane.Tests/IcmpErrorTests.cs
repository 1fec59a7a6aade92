using System.Buffers.Binary;
using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>ICMP errors go where the packets they speak of came from: to the server behind the virtual address, or its client.</summary>
[Collection(PlaneCollection.Name)]
public sealed class IcmpErrorTests(SharedPlane shared)
{
    private const byte Unreachable = 3;
    private const byte FragmentationNeeded = 4;
    private const byte TimeExceeded = 11;
    private const byte Echo = 8;
    private const string Router = "198.51.100.1";
    private const int InnerAt = Frame.EthernetBytes + 28;
    private readonly TestPlane _plane = shared.Fresh();

    [Theory]
    [InlineData(Unreachable, FragmentationNeeded)]
    [InlineData(TimeExceeded, 0)]
    public void AboutAServersPacket_GoesToThatServer_AndMovesNothing(byte type, byte code)
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(3)]));
        byte[] servers = [_plane.Connect(1000), _plane.Connect(2000), _plane.Connect(3000)];
        string[] before = States();

        for (int i = 0; i < servers.Length; i++)
        {
            byte[] sent = Error(type, code, Answer((ushort)((i + 1) * 1000)));
            Outcome outcome = _plane.Send(sent);
            Assert.Equal("forwarded", outcome.Verdict);
            Assert.Equal(TestPlane.MacOf(servers[i]), outcome.TargetMac);
            Assert.Equal(sent[(Frame.EthernetBytes + 20)..], outcome.Bytes[(Frame.EthernetBytes + 20)..]);
            Assert.Equal(63, outcome.Bytes[Frame.EthernetBytes + 8]);
        }

        Assert.Equal(before, States());
        Assert.Equal(6, _plane.Read().Totals.PacketsIn);
    }

    // RFC 1122 §3.2.2: of an error nobody is told.
    [Fact]
    public void TtlSpent_IsDropped()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        _plane.Connect(1000);
        byte[] error = Error(TimeExceeded, 0, Answer(1000));
        Span<byte> ip = error.AsSpan(Frame.EthernetBytes, 20);
        ip[8] = 1;
        ip[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~Frame.Sum(ip));
        Outcome outcome = _plane.Send(error);
        Assert.Equal(("ttl-expired", XdpAction.Drop), (outcome.Verdict, outcome.Action));
    }

    [Fact]
    public void AboutADatagram_GoesToItsServer()
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]);
        _plane.Apply(service with { Key = service.Key with { Protocol = TransportProtocol.Udp } });
        byte server = _plane.Send(new Frame { Protocol = Frame.Udp }).Bytes[5];
        Outcome outcome = _plane.Send(Error(Unreachable, 3, Answer(40000) with { Protocol = Frame.Udp }));
        Assert.Equal(("forwarded", server), (outcome.Verdict, outcome.Bytes[5]));
    }

    [Fact]
    public void OfNoConnection_OrNoError_IsTheStacks()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        _plane.Connect(1000);
        foreach (byte[] sent in new[]
        {
            Error(Unreachable, 1, Answer(1001)),
            Error(Echo, 0, Answer(1000)),
            Error(Unreachable, 1, Answer(1000) with { Source = "192.0.2.101" }),
            Error(Unreachable, 1, Answer(1000) with { Protocol = 50 }),
            Error(Unreachable, 1, Answer(1000) with { Fragment = 5 }),
        })
        {
            Outcome outcome = _plane.Send(sent);
            Assert.Equal("not-tcp", outcome.Verdict);
            Assert.Equal(sent, outcome.Bytes);
        }
    }

    [Fact]
    public void CutShort_AtEveryLength_IsTheStacks()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        _plane.Connect(1000);
        byte[] whole = Error(Unreachable, FragmentationNeeded, Answer(1000));
        for (int ipBytes = 20; ipBytes < 56; ipBytes++)
        {
            byte[] cut = whole[..(Frame.EthernetBytes + ipBytes)];
            BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(Frame.EthernetBytes + 2), (ushort)ipBytes);
            Frame.WriteChecksum(cut.AsSpan(Frame.EthernetBytes, 20));
            Assert.Equal((ipBytes, "not-tcp"), (ipBytes, _plane.Send(cut).Verdict));
        }
    }

    [Fact]
    public void WithoutLease_IsNotForwarded()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Apply(TestPlane.Leased(TestPlane.Server(1)));
        _plane.Connect(1000);
        _plane.Plane.Leases.Release(TestPlane.Lease);
        Assert.Equal("not-armed", _plane.Send(Error(Unreachable, FragmentationNeeded, Answer(1000))).Verdict);
    }

    // Sent on by the other director, which took this node for the server.
    [Fact]
    public void FromAPeerDirector_IsDeliveredHere()
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2, isLocal: true));
        _plane.Apply(service);
        while (_plane.Send(new Frame { SourcePort = 1000 }).Verdict != "forwarded")
        {
            _plane.ExpireAll();
        }

        ImmutableArray<PeerDirector> peers = [new(Frame.Mac(TestPlane.MacOf(1)), IpAddress.Parse("10.0.0.1"))];
        _plane.Plane.Apply(TestPlane.Plan(service) with { Peers = peers });
        byte[] error = Error(Unreachable, FragmentationNeeded, Answer(1000));
        Assert.Equal("forwarded", _plane.Send(error).Verdict);
        Frame.Mac(TestPlane.MacOf(1)).WriteBytes(error.AsSpan(6));
        Assert.Equal("from-peer-director", _plane.Send(error).Verdict);
    }

    [Fact]
    public void ServerGone_IsDropped()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        _plane.Connect(1000);
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1, isUp: false)));
        Assert.Equal("server-gone", _plane.Send(Error(Unreachable, FragmentationNeeded, Answer(1000))).Verdict);
    }

    [Fact]
    public void ByNat_QuotedPacketIsTheServersOwn_ChecksumsStayRight()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, NatTests.Server(1)));
        _plane.Send(new Frame { SourcePort = 1000 });

        Outcome outcome = _plane.Send(Error(Unreachable, FragmentationNeeded, Answer(1000)));

        Assert.Equal("forwarded", outcome.Verdict);
        Assert.Equal($"{Router} -> 10.0.0.1", Ends(outcome.Bytes, Frame.EthernetBytes));
        Assert.Equal("10.0.0.1 -> 203.0.113.5", Ends(outcome.Bytes, InnerAt));
        Assert.Equal(8080, BinaryPrimitives.ReadUInt16BigEndian(outcome.Bytes.AsSpan(InnerAt + 20)));
        AssertChecksums(outcome.Bytes);
    }

    [Theory]
    [InlineData("10.0.0.1", 3)]
    [InlineData("10.99.0.1", FragmentationNeeded)]
    public void ByNat_ErrorAboutAClientsPacket_OfServerOrRouter_ComesFromTheVirtualAddress(string source, byte code)
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, NatTests.Server(1));
        _plane.Apply(service with { Key = service.Key with { Protocol = TransportProtocol.Udp } });
        _plane.Send(new Frame { Protocol = Frame.Udp, SourcePort = 1000 });
        Frame arrived = new() { Protocol = Frame.Udp, SourcePort = 1000, Target = "10.0.0.1", TargetPort = 8080 };

        Outcome outcome = _plane.Send(Error(Unreachable, code, arrived, source, "203.0.113.5"));

        Assert.True(outcome.Verdict is "answer-forwarded" or "answer-redirected", outcome.Verdict);
        Assert.Equal("192.0.2.100 -> 203.0.113.5", Ends(outcome.Bytes, Frame.EthernetBytes));
        Assert.Equal("203.0.113.5 -> 192.0.2.100", Ends(outcome.Bytes, InnerAt));
        Assert.Equal(80, BinaryPrimitives.ReadUInt16BigEndian(outcome.Bytes.AsSpan(InnerAt + 22)));
        AssertChecksums(outcome.Bytes);
        Assert.Equal("not-vip", _plane.Send(Error(Unreachable, code, arrived with { SourcePort = 1001 }, source, "203.0.113.5")).Verdict);
        Assert.Equal("not-vip", _plane.Send(Error(Unreachable, code, arrived with { Target = "10.0.0.9" }, source, "203.0.113.5")).Verdict);
        Assert.Equal("not-vip", _plane.Send(Error(Unreachable, code, arrived, source, "203.0.113.6")).Verdict);
        Assert.Equal("UDP", Assert.Single(_plane.Plane.ReadConnections()).State);
    }

    private static Frame Answer(ushort client) => new()
    {
        Source = TestPlane.Vip,
        SourcePort = 80,
        Target = "203.0.113.5",
        TargetPort = client,
        Flags = TcpFlags.Ack,
    };

    // RFC 792: the header of the packet it speaks of, and eight bytes of what follows.
    private static byte[] Error(byte type, byte code, Frame about, string source = Router, string target = TestPlane.Vip)
    {
        byte[] quoted = about.Build().AsSpan(Frame.EthernetBytes, 28).ToArray();
        byte[] frame = new Frame { Source = source, Target = target, PayloadBytes = 16, Protocol = 1 }.Build();
        Span<byte> icmp = frame.AsSpan(Frame.EthernetBytes + 20, 36);
        icmp.Clear();
        icmp[0] = type;
        icmp[1] = code;
        quoted.CopyTo(icmp[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], (ushort)~Frame.Sum(icmp));
        return frame;
    }

    private static string Ends(byte[] frame, int at) =>
        $"{IpAddress.FromBytes(frame.AsSpan(at + 12, 4))} -> {IpAddress.FromBytes(frame.AsSpan(at + 16, 4))}";

    private static void AssertChecksums(byte[] frame)
    {
        Assert.Equal(0xffff, Frame.Sum(frame.AsSpan(Frame.EthernetBytes, 20)));
        Assert.Equal(0xffff, Frame.Sum(frame.AsSpan(Frame.EthernetBytes + 20, 36)));
        Assert.Equal(0xffff, Frame.Sum(frame.AsSpan(InnerAt, 20)));
    }

    private string[] States() => [.. _plane.Plane.ReadConnections().Select(entry => $"{entry.Client} {entry.State}").Order()];
}
