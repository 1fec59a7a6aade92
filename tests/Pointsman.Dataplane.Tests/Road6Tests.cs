using System.Buffers.Binary;
using System.Globalization;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>The client's road by IPv6: what <see cref="RoadTests"/> asks of IPv4.</summary>
[Collection(PlaneCollection.Name)]
public sealed class Road6Tests(SharedPlane shared)
{
    private const string Own = "2001:db8:a::250";
    private const byte Udp = 17;
    private const byte IcmpV6 = 58;
    private readonly TestPlane _plane = shared.Fresh();

    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 6)]
    [InlineData(2, Udp)]
    public void Check_GoesToTheVip_ItsAnswerComesFromThatServer(byte number, byte protocol)
    {
        _plane.Apply(Six(TestPlane.Server(1), TestPlane.Server(2)), Six(Udp, TestPlane.Server(1), TestPlane.Server(2)));

        byte[] sent = _plane.SendOut((Check(number) with { Protocol = protocol }).Build(), MarkOf(number, protocol));
        Assert.Equal($"[{Own}]:41000 -> [{TestPlane.Vip6}]:80", Way(sent));
        AssertWhole(sent);
        Assert.Equal(TestPlane.MacOf(number), MacAddress.FromBytes(sent).ToString());
        Assert.Equal(255, sent[Frame.EthernetBytes + 7]);

        Outcome answer = _plane.Send((Answer() with { Protocol = protocol }).Build());
        Assert.Equal(("road-answer", XdpAction.Pass), (answer.Verdict, answer.Action));
        Assert.Equal($"[2001:db8:a::{number}]:80 -> [{Own}]:41000", Way(answer.Bytes));
        AssertWhole(answer.Bytes);
        Assert.Equal(0, _plane.Plane.ReadSnapshot().Connections);
    }

    [Fact]
    public void OtherPackets_GoAsTheyAre()
    {
        _plane.Apply(Six(TestPlane.Server(1), TestPlane.Server(2)));

        foreach ((Frame frame, uint mark) in new (Frame, uint)[]
        {
            (Check(1), 0),
            (Check(1), MarkOf(2)),
            (Check(1) with { TargetPort = 22 }, MarkOf(1)),
            (Check(1) with { Protocol = 50 }, MarkOf(1)),
            (Check(1) with { Extensions = [(60, new byte[7])] }, MarkOf(1)),
            (new Frame { Source = "10.0.0.250", Target = "10.0.0.1" }, MarkOf(1)),
        })
        {
            byte[] bytes = frame.Build();
            Assert.Equal(bytes, _plane.SendOut(bytes, mark));
        }
    }

    [Fact]
    public void PacketFromTheVip_ThatAnswersNoCheck_IsLeftAlone()
    {
        _plane.Apply(Six(TestPlane.Server(1)));
        _plane.SendOut(Check(1).Build(), MarkOf(1));

        foreach (Frame frame in new[]
        {
            Answer() with { TargetPort = 41001 },
            Answer() with { SourcePort = 81 },
            Answer() with { Target = "2001:db8:a::251" },
            Answer() with { Protocol = 50 },
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
        _plane.Apply(Six(TestPlane.Server(1), TestPlane.Server(2)));
        byte[] sent = _plane.SendOut(Check(1).Build(), MarkOf(1));

        Outcome returned = _plane.Send(sent);

        Assert.Equal(("road-returned", XdpAction.Drop), (returned.Verdict, returned.Action));
        Assert.Equal("forwarded", _plane.Send(new Frame { Source = Own, Target = TestPlane.Vip6, SourcePort = 41001 }).Verdict);
    }

    [Fact]
    public void Echo_GoesToTheVip_AndComesBack()
    {
        _plane.Apply(Six(TestPlane.Server(1)));

        byte[] sent = _plane.SendOut(Message(Own, "2001:db8:a::1", type: 128), MarkOf(1));
        Assert.Equal(Message(Own, TestPlane.Vip6, type: 128, ttl: 255), sent);

        Outcome answer = _plane.Send(Message(TestPlane.Vip6, Own, type: 129));
        Assert.Equal("road-answer", answer.Verdict);
        Assert.Equal(Message("2001:db8:a::1", Own, type: 129), answer.Bytes);
    }

    [Theory]
    [InlineData("2001:db8:a::1")]
    [InlineData(TestPlane.Vip6)]
    public void Refusal_ByIcmp_QuotesThePacketThatTheSocketSent(string source)
    {
        _plane.Apply(Six(TestPlane.Server(1)));
        byte[] original = (Check(1) with { Ttl = 255 }).Build();
        byte[] sent = _plane.SendOut(Check(1).Build(), MarkOf(1));

        Outcome outcome = _plane.Send(Message(source, Own, type: 1, quoted: sent));

        Assert.Equal("road-answer", outcome.Verdict);
        ReadOnlySpan<byte> ip = outcome.Bytes.AsSpan(Frame.EthernetBytes);
        Assert.Equal("2001:db8:a::1", new System.Net.IPAddress(ip[8..24]).ToString());
        Assert.Equal(0xffff, Frame.TransportSum(ip, 40, IcmpV6));
        Assert.Equal(original.AsSpan(Frame.EthernetBytes, 44).ToArray(), ip[48..92].ToArray());
        Assert.Equal("not-vip", _plane.Send(Message("2001:db8:a::1", Own, type: 1, quoted: original)).Verdict);
    }

    // A tunnel to a server of either family; the check is within what clients' packets are in.
    [Theory]
    [InlineData(false, TunnelKind.Ipip, 20, 4)]
    [InlineData(false, TunnelKind.Gre, 24, 47)]
    [InlineData(false, TunnelKind.Gue, 32, 17)]
    [InlineData(true, TunnelKind.Ipip, 40, 41)]
    [InlineData(true, TunnelKind.Gre, 44, 47)]
    [InlineData(true, TunnelKind.Gue, 52, 17)]
    public void ServerByTunnel_CheckGoesWithinAPacketToIt(bool isV6, TunnelKind kind, int more, int outerProtocol)
    {
        PlannedServer server = TestPlane.Server(1) with { Method = ForwardingMethod.Tunnel };
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, server);
        service = isV6 ? TestPlane.Six(service) : service;
        var end = new TunnelEnd(kind, IpAddress.Parse(isV6 ? "2001:db8:a::200" : "10.0.0.200"), 1500, 6080);
        _plane.Apply(service with { Servers = [service.Servers[0] with { Tunnel = end }] });
        Frame check = isV6 ? Check(1) : Check(1) with { Source = "10.0.0.250", Target = "10.0.0.1" };
        uint slot = 0;
        _plane.WithTables(tables => slot = (uint)tables.UsedSlots().Single(at => tables.Servers[at].Flags != 0));

        byte[] sent = _plane.SendOut(check.Build(), 0x504d0000 | slot, more);

        Assert.Equal(TestPlane.MacOf(1), MacAddress.FromBytes(sent).ToString());
        byte[] inner = (check with { Target = isV6 ? TestPlane.Vip6 : TestPlane.Vip, Ttl = 255 }).Build()[Frame.EthernetBytes..];
        Assert.Equal(inner, sent[^inner.Length..]);
        ReadOnlySpan<byte> outer = sent.AsSpan(Frame.EthernetBytes);
        Assert.Equal(outerProtocol, outer[isV6 ? 6 : 9]);
        Assert.Equal(outer.Length, BinaryPrimitives.ReadUInt16BigEndian(outer[(isV6 ? 4 : 2)..]) + (isV6 ? 40 : 0));
        Assert.Equal(
            isV6 ? "2001:db8:a::200 2001:db8:a::1" : "10.0.0.200 10.0.0.1",
            isV6 ? $"{new System.Net.IPAddress(outer[8..24])} {new System.Net.IPAddress(outer[24..40])}"
                : $"{new System.Net.IPAddress(outer[12..16])} {new System.Net.IPAddress(outer[16..20])}");
        ReadOnlySpan<byte> shim = outer[(isV6 ? 40 : 20)..^inner.Length];
        if (!isV6)
        {
            Assert.Equal(0xffff, Frame.Sum(outer[..20]));
        }

        if (kind == TunnelKind.Gue)
        {
            Assert.Equal(6080, BinaryPrimitives.ReadUInt16BigEndian(shim[2..]));
            Assert.Equal(shim.Length + inner.Length, BinaryPrimitives.ReadUInt16BigEndian(shim[4..]));
            Assert.Equal([0, (byte)(isV6 ? 41 : 4), 0, 0], shim[8..].ToArray());
        }
        else if (kind == TunnelKind.Gre)
        {
            Assert.Equal(isV6 ? [0, 0, 0x86, 0xdd] : [0, 0, 8, 0], shim.ToArray());
        }

        // The answer comes as it is.
        Frame answer = isV6 ? Answer() : Answer() with { Source = TestPlane.Vip, Target = "10.0.0.250" };
        Outcome came = _plane.Send(answer);
        Assert.Equal("road-answer", came.Verdict);
        Assert.Equal((answer with { Source = check.Target }).Build(), came.Bytes);
    }

    [Theory]
    [InlineData(false, TunnelKind.Gre, 28, 6)]
    [InlineData(false, TunnelKind.Gre, 28, Udp)]
    [InlineData(false, TunnelKind.Gue, 32, 6)]
    [InlineData(false, TunnelKind.Gue, 32, Udp)]
    [InlineData(true, TunnelKind.Gre, 48, 6)]
    [InlineData(true, TunnelKind.Gue, 52, Udp)]
    [InlineData(true, TunnelKind.Gue, 52, 6)]
    public void ServerByTunnelWithChecksum_CheckHasOneAround(bool isV6, TunnelKind kind, int more, byte protocol)
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1) with { Method = ForwardingMethod.Tunnel });
        service = service with { Key = service.Key with { Protocol = (TransportProtocol)protocol } };
        service = isV6 ? TestPlane.Six(service) : service;
        var end = new TunnelEnd(kind, IpAddress.Parse(isV6 ? "2001:db8:a::200" : "10.0.0.200"), 1500, 6080) { Checksum = TunnelChecksum.Outer };
        _plane.Apply(service with { Servers = [service.Servers[0] with { Tunnel = end }] });
        Frame check = (isV6 ? Check(1) : Check(1) with { Source = "10.0.0.250", Target = "10.0.0.1" }) with { Protocol = protocol, PayloadBytes = 201, PaddingBytes = 0 };
        uint slot = 0;
        _plane.WithTables(tables => slot = (uint)tables.UsedSlots().Single(at => tables.Servers[at].Flags != 0));

        byte[] sent = _plane.SendOut(check.Build(), 0x504d0000 | slot, more);

        byte[] inner = (check with { Target = isV6 ? TestPlane.Vip6 : TestPlane.Vip, Ttl = 255 }).Build()[Frame.EthernetBytes..];
        Assert.Equal(inner, sent[^inner.Length..]);
        byte[] outer = sent[Frame.EthernetBytes..];
        int header = isV6 ? 40 : 20;
        if (kind == TunnelKind.Gue)
        {
            Assert.NotEqual(0, BinaryPrimitives.ReadUInt16BigEndian(outer.AsSpan(header + 6)));
            Assert.Equal(0xffff, Frame.TransportSum(outer, header, Udp));
        }
        else
        {
            Assert.Equal(isV6 ? [0x80, 0, 0x86, 0xdd] : [0x80, 0, 8, 0], outer[header..][..4]);
            Assert.Equal(0xffff, Frame.Sum([.. outer[header..], .. new byte[outer.Length & 1]]));
        }
    }

    [Fact]
    public void TunnelOfTheOtherFamily_IsNotTakenByChecks()
    {
        PlannedService service = Six(TestPlane.Server(1));
        PlannedServer server = TestPlane.Server(1) with
        {
            Method = ForwardingMethod.Tunnel,
            Tunnel = new TunnelEnd(TunnelKind.Ipip, IpAddress.Parse("10.0.0.200"), 1500, 0),
        };
        _plane.Apply(service with { Servers = [server] });
        uint slot = 0;
        _plane.WithTables(tables => slot = (uint)tables.UsedSlots().Single(at => tables.Servers[at].Flags != 0));
        byte[] bytes = (Check(1) with { Source = "10.0.0.250", Target = "10.0.0.1" }).Build();
        Assert.Equal(bytes, _plane.SendOut(bytes, 0x504d0000 | slot));
    }

    private static PlannedService Six(params PlannedServer[] servers) => TestPlane.Six(TestPlane.Service(SchedulerKind.Rr, [.. servers]));

    private static PlannedService Six(byte protocol, params PlannedServer[] servers)
    {
        PlannedService service = Six(servers);
        return service with { Key = service.Key with { Protocol = (TransportProtocol)protocol } };
    }

    private static Frame Check(byte number) => new()
    {
        SourceMac = TestPlane.Director,
        TargetMac = TestPlane.MacOf(number),
        Source = Own,
        SourcePort = 41000,
        Target = string.Create(CultureInfo.InvariantCulture, $"2001:db8:a::{number}"),
        TargetPort = 80,
        PaddingBytes = 0,
        PayloadBytes = 11,
    };

    private static Frame Answer() => new()
    {
        Source = TestPlane.Vip6,
        SourcePort = 80,
        Target = Own,
        TargetPort = 41000,
        PaddingBytes = 0,
        Flags = TcpFlags.Syn | TcpFlags.Ack,
    };

    private uint MarkOf(byte number, byte protocol = 6)
    {
        uint slot = 0;
        _plane.WithTables(tables => slot = (uint)tables.UsedSlots().Single(at =>
            tables.Addresses[(int)tables.Servers[at].Rip.Value].Address == IpAddress.Parse($"2001:db8:a::{number}")
            && tables.Servers[at].Proto == protocol && tables.Servers[at].Flags != 0));
        return 0x504d0000 | slot;
    }

    // RFC 4443 §2.1, §3.1 and §4.
    private static byte[] Message(string source, string target, byte type, byte ttl = 64, byte[]? quoted = null)
    {
        Frame frame = Answer() with { Source = source, Target = target, Protocol = IcmpV6, Ttl = ttl, PayloadBytes = quoted is null ? 0 : 60 };
        byte[] bytes = frame.Build();
        Span<byte> ip = bytes.AsSpan(Frame.EthernetBytes);
        Span<byte> message = ip[40..];
        message.Clear();
        message[0] = type;
        if (quoted is null)
        {
            message[4] = 0x77;
        }
        else
        {
            quoted.AsSpan(Frame.EthernetBytes, 68).CopyTo(message[8..]);
        }

        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~Frame.TransportSum(ip, 40, IcmpV6));
        return bytes;
    }

    private static string Way(byte[] bytes)
    {
        ReadOnlySpan<byte> ip = bytes.AsSpan(Frame.EthernetBytes);
        string End(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port) => string.Create(
            CultureInfo.InvariantCulture, $"[{new System.Net.IPAddress(address)}]:{BinaryPrimitives.ReadUInt16BigEndian(port)}");
        return $"{End(ip[8..24], ip[40..42])} -> {End(ip[24..40], ip[42..44])}";
    }

    private static void AssertWhole(byte[] bytes)
    {
        ReadOnlySpan<byte> ip = bytes.AsSpan(Frame.EthernetBytes);
        Assert.Equal(0xffff, Frame.TransportSum(ip[..(40 + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]))], 40, ip[6]));
    }
}
