using System.Buffers.Binary;
using System.Globalization;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>The client's road: a check goes out as a client's packet to one server, and its answer comes back as that server's own.</summary>
[Collection(PlaneCollection.Name)]
public sealed class RoadTests(SharedPlane shared)
{
    private const string Own = "10.0.0.250";
    private const uint RoadMark = 0x504d0000;
    private readonly TestPlane _plane = shared.Fresh();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Check_GoesToTheVip_ItsAnswerComesFromThatServer(byte number)
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2)));

        byte[] sent = _plane.SendOut(Check(number).Build(), MarkOf(number));
        Assert.Equal($"{Own}:41000 -> 192.0.2.100:80", Way(sent));
        AssertWhole(sent);
        Assert.Equal(TestPlane.MacOf(number), MacAddress.FromBytes(sent).ToString());
        Assert.Equal(255, sent[Frame.EthernetBytes + 8]);

        Outcome answer = _plane.Send(Answer());
        Assert.Equal(("road-answer", XdpAction.Pass), (answer.Verdict, answer.Action));
        Assert.Equal($"10.0.0.{number}:80 -> {Own}:41000", Way(answer.Bytes));
        AssertWhole(answer.Bytes);
        Assert.Equal(0, _plane.Read().Servers.Sum(server => server.Active + server.Inactive));
    }

    [Fact]
    public void ServersOfTwoServices_EachCheckHasItsOwnVip()
    {
        PlannedService other = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)) with
        {
            Key = new ServiceKey(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse("192.0.2.101"), 80)),
        };
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)), other);

        Assert.Equal($"{Own}:41000 -> 192.0.2.101:80", Way(_plane.SendOut(Check(1).Build(), MarkIn(other.Key, 1))));
        Assert.Equal($"{Own}:41000 -> 192.0.2.100:80", Way(_plane.SendOut(Check(1).Build(), MarkOf(1))));
    }

    [Fact]
    public void OtherPackets_GoAsTheyAre()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2)));

        foreach ((Frame frame, uint mark) in new (Frame, uint)[]
        {
            (Check(1), 0),
            (Check(1), MarkOf(1) & 0xffff),
            (Check(1), MarkOf(2)),
            (Check(1), RoadMark | 60000),
            (Check(1) with { TargetPort = 22 }, MarkOf(1)),
            (Check(1) with { OptionBytes = 4 }, MarkOf(1)),
            (Check(1) with { Protocol = 50 }, MarkOf(1)),
        })
        {
            byte[] bytes = frame.Build();
            Assert.Equal(bytes, _plane.SendOut(bytes, mark));
        }
    }

    [Fact]
    public void NatServer_IsNotReachedThatWay()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1) with { Method = ForwardingMethod.Masquerade }));
        byte[] bytes = Check(1).Build();
        Assert.Equal(bytes, _plane.SendOut(bytes, MarkOf(1)));
    }

    [Fact]
    public void PacketFromTheVip_ThatAnswersNoCheck_IsLeftAlone()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        _plane.SendOut(Check(1).Build(), MarkOf(1));

        foreach (Frame frame in new[]
        {
            Parsed() with { TargetPort = 41001 },
            Parsed() with { SourcePort = 81 },
            Parsed() with { Target = "10.0.0.251" },
            Parsed() with { Protocol = 17 },
            Parsed() with { Fragment = 0x2000 },
        })
        {
            byte[] bytes = frame.Build();
            Outcome outcome = _plane.Send(bytes);
            Assert.Equal("not-vip", outcome.Verdict);
            Assert.Equal(bytes, outcome.Bytes);
        }
    }

    [Fact]
    public void CheckThatAServerSendsBack_IsNotBalanced()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2)));
        byte[] sent = _plane.SendOut(Check(1).Build(), MarkOf(1));

        Outcome returned = _plane.Send(sent);

        Assert.Equal(("road-returned", XdpAction.Drop), (returned.Verdict, returned.Action));
        Assert.Equal("forwarded", _plane.Send(new Frame { Source = Own, SourcePort = 41001 }).Verdict);
    }

    [Fact]
    public void Echo_GoesToTheVip_AndComesBack()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        byte[] echo = Echo(Own, "10.0.0.1", type: 8);

        byte[] sent = _plane.SendOut(echo, MarkOf(1));
        Assert.Equal(Echo(Own, TestPlane.Vip, type: 8, ttl: 255), sent);

        Outcome answer = _plane.Send(Echo(TestPlane.Vip, Own, type: 0));
        Assert.Equal("road-answer", answer.Verdict);
        Assert.Equal(Echo("10.0.0.1", Own, type: 0), answer.Bytes);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData(TestPlane.Vip)]
    public void Refusal_ByIcmp_QuotesThePacketThatTheSocketSent(string source)
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        byte[] original = (Check(1) with { Ttl = 255 }).Build();
        byte[] sent = _plane.SendOut(Check(1).Build(), MarkOf(1));

        Outcome outcome = _plane.Send(Unreachable(source, Own, sent));

        Assert.Equal("road-answer", outcome.Verdict);
        Assert.Equal("10.0.0.1", new System.Net.IPAddress(outcome.Bytes.AsSpan(Frame.EthernetBytes + 12, 4)).ToString());
        Assert.Equal(0xffff, Frame.Sum(outcome.Bytes.AsSpan(Frame.EthernetBytes, 20)));
        ReadOnlySpan<byte> message = outcome.Bytes.AsSpan(Frame.EthernetBytes + 20, 8 + 28);
        Assert.Equal(0xffff, Frame.Sum(message));
        Assert.Equal(original.AsSpan(Frame.EthernetBytes, 28).ToArray(), message[8..].ToArray());
        Assert.Equal("not-vip", _plane.Send(Unreachable("10.0.0.1", Own, original)).Verdict);
    }

    private static Frame Check(byte number) => new()
    {
        SourceMac = TestPlane.Director,
        TargetMac = TestPlane.MacOf(number),
        Source = Own,
        SourcePort = 41000,
        Target = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{number}"),
        TargetPort = 80,
        PaddingBytes = 0,
        PayloadBytes = 11,
    };

    private static Frame Parsed() => new()
    {
        Source = TestPlane.Vip,
        SourcePort = 80,
        Target = Own,
        TargetPort = 41000,
        Flags = TcpFlags.Syn | TcpFlags.Ack,
    };

    private static byte[] Answer() => Parsed().Build();

    private uint MarkOf(byte number) => MarkIn(TestPlane.Key, number);

    private uint MarkIn(ServiceKey service, byte number)
    {
        uint slot = 0;
        _plane.WithTables(tables => slot = (uint)tables.UsedSlots().Single(at =>
            tables.Servers[at].Rip.Address == TestPlane.Server(number).Address.Address
            && tables.Servers[at].Vip.Address == service.Address.Address
            && tables.Servers[at].Flags != 0));
        return RoadMark | slot;
    }

    private static byte[] Echo(string source, string target, byte type, byte ttl = 64)
    {
        byte[] bytes = (Parsed() with { Source = source, Target = target, Protocol = 1, PaddingBytes = 0, Ttl = ttl }).Build();
        Span<byte> message = bytes.AsSpan(Frame.EthernetBytes + 20);
        message.Clear();
        message[0] = type;
        message[4] = 0x77;
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~Frame.Sum(message));
        return bytes;
    }

    private static byte[] Unreachable(string source, string target, byte[] quoted)
    {
        byte[] bytes = (Parsed() with { Source = source, Target = target, Protocol = 1, PayloadBytes = 16, PaddingBytes = 0 }).Build();
        Span<byte> message = bytes.AsSpan(Frame.EthernetBytes + 20);
        message.Clear();
        message[0] = 3;
        message[1] = 10;
        quoted.AsSpan(Frame.EthernetBytes, 28).CopyTo(message[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~Frame.Sum(message));
        return bytes;
    }

    private static string Way(byte[] bytes)
    {
        ReadOnlySpan<byte> ip = bytes.AsSpan(Frame.EthernetBytes);
        string End(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port) => string.Create(
            CultureInfo.InvariantCulture, $"{new System.Net.IPAddress(address)}:{BinaryPrimitives.ReadUInt16BigEndian(port)}");
        return $"{End(ip[12..16], ip[20..22])} -> {End(ip[16..20], ip[22..24])}";
    }

    private static void AssertWhole(byte[] bytes)
    {
        ReadOnlySpan<byte> ip = bytes.AsSpan(Frame.EthernetBytes);
        Assert.Equal(0xffff, Frame.Sum(ip[..20]));
        Assert.Equal(0xffff, Frame.TransportSum(ip[..BinaryPrimitives.ReadUInt16BigEndian(ip[2..])]));
    }
}
