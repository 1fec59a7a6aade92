using System.Buffers.Binary;
using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tests;

/// <summary>What <see cref="NatTests"/> is for IPv4: addresses and ports change both ways, wherever the ports stand.</summary>
[Collection(PlaneCollection.Name)]
public sealed class Nat6Tests(SharedPlane shared)
{
    private const string Client = "2001:db8:c::5";
    private const byte Icmp6 = 58;
    private const int InnerAt = Frame.EthernetBytes + 40 + 8;
    private readonly TestPlane _plane = shared.Fresh();

    private static Frame Packet { get; } = new() { Source = Client, Target = TestPlane.Vip6 };

    private static Frame Answer { get; } = new()
    {
        Source = "2001:db8:a::1",
        SourcePort = 8080,
        Target = Client,
        TargetPort = 40000,
        Flags = TcpFlags.Syn | TcpFlags.Ack,
    };

    [Theory]
    [InlineData(6, 0)]
    [InlineData(6, 16)]
    [InlineData(17, 0)]
    [InlineData(17, 8)]
    public void BothWays_AddressesAndPortsChange_ChecksumsStayRight(byte protocol, int extensionBytes)
    {
        Apply(protocol);
        Frame Shaped(Frame frame) => frame with
        {
            Protocol = protocol,
            PayloadBytes = 7,
            Extensions = extensionBytes == 0 ? [] : [(60, [(byte)((extensionBytes / 8) - 1), .. new byte[extensionBytes - 2]])],
        };

        Outcome there = _plane.Send(Shaped(Packet));
        Assert.Equal(("forwarded", TestPlane.MacOf(1)), (there.Verdict, there.TargetMac));
        Assert.Equal(Shaped(Packet with { Target = "2001:db8:a::1", TargetPort = 8080, Ttl = 63 }).Build()[14..], there.Bytes[14..]);

        Outcome back = _plane.Send(Shaped(Answer));
        AssertAnswered(back);
        Assert.Equal(Shaped(Answer with { Source = TestPlane.Vip6, SourcePort = 80, Ttl = 63 }).Build()[14..], back.Bytes[14..]);
        Counters counters = _plane.Read().Servers[0].Counters;
        Assert.Equal((1, 1, 1), (counters.Connections, counters.PacketsIn, counters.PacketsOut));
    }

    // RFC 768: what comes to zero is sent as all ones; what was zero stays so.
    [Fact]
    public void Datagrams_WithAnyPayload_NeverLoseTheirChecksum()
    {
        Apply(Frame.Udp);
        for (int payload = 0; payload < 300; payload++)
        {
            byte[] frame = (Packet with { Protocol = Frame.Udp, PayloadBytes = payload, SourcePort = (ushort)(payload * 211) }).Build();
            var output = new byte[frame.Length];
            _plane.Run(frame, output);
            ReadOnlySpan<byte> packet = output.AsSpan(Frame.EthernetBytes, 40 + 8 + payload);
            Assert.Equal(0xffff, Frame.TransportSum(packet, 40, Frame.Udp));
            Assert.NotEqual(0, BinaryPrimitives.ReadUInt16BigEndian(packet[46..]));
        }

        Outcome without = _plane.Send(Packet with { Protocol = Frame.Udp, HasNoChecksum = true });
        Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(without.Bytes.AsSpan(Frame.EthernetBytes + 46)));
    }

    [Fact]
    public void BothDirections_MoveTheConnection()
    {
        Apply();
        _plane.Send(Packet);
        Assert.Equal("SYN_RECV", Assert.Single(_plane.Plane.ReadConnections()).State);
        _plane.Send(Answer);
        _plane.Send(Packet.With(TcpFlags.Ack));
        Assert.Equal("ESTABLISHED", Assert.Single(_plane.Plane.ReadConnections()).State);
        _plane.Send(Answer.With(TcpFlags.Fin | TcpFlags.Ack));
        Assert.Equal("FIN_WAIT", Assert.Single(_plane.Plane.ReadConnections()).State);
        _plane.Send(Packet.With(TcpFlags.Fin | TcpFlags.Ack));
        Assert.Equal("TIME_WAIT", Assert.Single(_plane.Plane.ReadConnections()).State);
    }

    [Fact]
    public void WhatTheServerSendsByItself_IsLeftAlone()
    {
        Apply();
        _plane.Send(Packet);
        foreach (Frame frame in new[]
        {
            Answer with { TargetPort = 40001 },
            Answer with { Target = "2001:db8:c::6" },
            Answer with { SourcePort = 22 },
            Answer with { Source = "2001:db8:a::2" },
            Answer with { Protocol = 17 },
            Answer with { Protocol = 50 },
            Answer with { Extensions = [(44, [0, 0, 8, 0, 0, 0, 1])] },
        })
        {
            byte[] sent = frame.Build();
            Outcome outcome = _plane.Send(sent);
            Assert.Equal("not-vip", outcome.Verdict);
            Assert.Equal(sent, outcome.Bytes);
        }
    }

    [Fact]
    public void LeaseLapsed_NeitherDirectionIsTranslated()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Apply(TestPlane.Six(TestPlane.Leased(NatTests.Server(1))));
        _plane.Send(Packet);
        AssertAnswered(_plane.Send(Answer));
        _plane.Plane.Leases.Release(TestPlane.Lease);
        Assert.Equal("not-armed", _plane.Send(Packet.With(TcpFlags.Ack)).Verdict);
        Assert.Equal("not-armed", _plane.Send(Answer).Verdict);
    }

    [Fact]
    public void ServerOfBothFamilies_AndPorts_AnswersFindTheirService()
    {
        _plane.Apply(
            TestPlane.Service(SchedulerKind.Rr, NatTests.Server(1)),
            TestPlane.Six(TestPlane.Service(SchedulerKind.Rr, NatTests.Server(1))));
        _plane.Send(new Frame());
        _plane.Send(Packet);
        AssertAnswered(_plane.Send(Answer));
        AssertAnswered(_plane.Send(new Frame
        {
            Source = "10.0.0.1",
            SourcePort = 8080,
            Target = "203.0.113.5",
            TargetPort = 40000,
            Flags = TcpFlags.Syn | TcpFlags.Ack,
        }));
    }

    // The server learns the MTU of the way to its client, about a packet that it sent.
    [Fact]
    public void PacketTooBig_ReachesTheServer_AboutItsOwnPacket()
    {
        Apply();
        _plane.Send(Packet);

        Outcome outcome = _plane.Send(Error(2, Answer with { Source = TestPlane.Vip6, SourcePort = 80 }, "2001:db8:1::1", TestPlane.Vip6));

        Assert.Equal(("forwarded", TestPlane.MacOf(1)), (outcome.Verdict, outcome.TargetMac));
        Assert.Equal("2001:db8:1::1 -> 2001:db8:a::1", Ends(outcome.Bytes, Frame.EthernetBytes));
        Assert.Equal("2001:db8:a::1 -> 2001:db8:c::5", Ends(outcome.Bytes, InnerAt));
        Assert.Equal(8080, BinaryPrimitives.ReadUInt16BigEndian(outcome.Bytes.AsSpan(InnerAt + 40)));
        AssertIcmpChecksum(outcome.Bytes);
    }

    [Theory]
    [InlineData("2001:db8:a::1", 1)]
    [InlineData("2001:db8:99::1", 2)]
    public void ErrorOfServerOrRouter_ReachesTheClient_FromTheVirtualAddress(string source, byte type)
    {
        Apply(Frame.Udp);
        _plane.Send(Packet with { Protocol = Frame.Udp });
        Frame arrived = Packet with { Protocol = Frame.Udp, Target = "2001:db8:a::1", TargetPort = 8080, PayloadBytes = 12 };

        Outcome outcome = _plane.Send(Error(type, arrived, source, Client));

        AssertAnswered(outcome);
        Assert.Equal("2001:db8::100 -> 2001:db8:c::5", Ends(outcome.Bytes, Frame.EthernetBytes));
        Assert.Equal("2001:db8:c::5 -> 2001:db8::100", Ends(outcome.Bytes, InnerAt));
        Assert.Equal(80, BinaryPrimitives.ReadUInt16BigEndian(outcome.Bytes.AsSpan(InnerAt + 42)));
        AssertIcmpChecksum(outcome.Bytes);
        Assert.Equal("not-vip", _plane.Send(Error(type, arrived with { SourcePort = 1 }, source, Client)).Verdict);
        Assert.Equal("not-vip", _plane.Send(Error(type, arrived with { Target = "2001:db8:a::9" }, source, Client)).Verdict);
        Assert.Equal("not-vip", _plane.Send(Error(type, arrived, source, "2001:db8:c::6")).Verdict);
    }

    private static void AssertAnswered(Outcome outcome) =>
        Assert.True(outcome.Verdict is "answer-forwarded" or "answer-redirected", outcome.Verdict);

    private static string Ends(byte[] frame, int at) =>
        $"{IpAddress.FromBytes(frame.AsSpan(at + 8, 16))} -> {IpAddress.FromBytes(frame.AsSpan(at + 24, 16))}";

    private static void AssertIcmpChecksum(byte[] frame)
    {
        int bytes = 40 + BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(Frame.EthernetBytes + 4));
        Assert.Equal(0xffff, Frame.TransportSum(frame.AsSpan(Frame.EthernetBytes, bytes), 40, Icmp6));
    }

    private static byte[] Error(byte type, Frame about, string source, string target)
    {
        byte[] quoted = (about with { PaddingBytes = 0 }).Build()[Frame.EthernetBytes..];
        var frame = new Frame
        {
            Source = source,
            Target = target,
            Protocol = Icmp6,
            PayloadBytes = 8 + quoted.Length - Frame.TcpBytes,
        };
        byte[] bytes = frame.Build();
        Span<byte> icmp = bytes.AsSpan(Frame.EthernetBytes + 40, 8 + quoted.Length);
        icmp.Clear();
        icmp[0] = type;
        quoted.CopyTo(icmp[8..]);
        ReadOnlySpan<byte> packet = bytes.AsSpan(Frame.EthernetBytes, frame.TotalBytes);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], (ushort)~Frame.TransportSum(packet, 40, Icmp6));
        return bytes;
    }

    private void Apply(byte protocol = 6)
    {
        PlannedService service = TestPlane.Six(TestPlane.Service(SchedulerKind.Rr, NatTests.Server(1)));
        _plane.Apply(service with { Key = service.Key with { Protocol = (TransportProtocol)protocol } });
    }
}
