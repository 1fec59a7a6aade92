using System.Buffers.Binary;
using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>Packets that go whole within others: of either family, within either, by each type of tunnel.</summary>
[Collection(PlaneCollection.Name)]
public sealed class TunnelTests(SharedPlane shared)
{
    private const string Source4 = "10.0.0.200";
    private const string Source6 = "2001:db8:a::200";
    private const ushort DontFragment = 0x4000;
    private const ushort GuePort = 6080;
    private const int Ip4 = 4;
    private const int Ip6 = 41;
    private readonly TestPlane _plane = shared.Fresh();

    public static TheoryData<bool, bool, TunnelKind> Ways()
    {
        var ways = new TheoryData<bool, bool, TunnelKind>();
        foreach (bool inner in new[] { false, true })
        {
            foreach (bool outer in new[] { false, true })
            {
                foreach (TunnelKind kind in Enum.GetValues<TunnelKind>())
                {
                    ways.Add(inner, outer, kind);
                }
            }
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void PacketGoesWhole_WithinOneToTheServer(bool isInnerV6, bool isOuterV6, TunnelKind kind)
    {
        Apply(isInnerV6, isOuterV6, kind);
        Frame frame = Packet(isInnerV6) with { PayloadBytes = 33, PaddingBytes = 0, Fragment = isInnerV6 ? (ushort)0 : DontFragment };

        byte[] sent = Send(frame, "forwarded");

        Assert.Equal(TestPlane.MacOf(1), MacAddress.FromBytes(sent).ToString());
        Assert.Equal(TestPlane.Director, MacAddress.FromBytes(sent.AsSpan(6)).ToString());
        byte[] inner = (frame with { Ttl = 63 }).Build()[Frame.EthernetBytes..];
        Assert.Equal(inner, sent[^inner.Length..]);
        ReadOnlySpan<byte> shim = Shim(sent, inner.Length, isOuterV6, kind switch
        {
            TunnelKind.Gue => 17,
            TunnelKind.Gre => 47,
            _ => isInnerV6 ? Ip6 : Ip4,
        });
        AssertShim(shim, kind, isInnerV6, inner.Length);
        Assert.Equal(new Counters(1, 1, inner.Length), _plane.Read().Totals);

        // A connection that is known goes the same way, GUE from the same port.
        byte[] next = Send(frame.With(TcpFlags.Ack), "forwarded");
        Assert.Equal(shim.ToArray(), Shim(next, inner.Length, isOuterV6, next[isOuterV6 ? 20 : 23]).ToArray());
    }

    // Only the client can send smaller ones, and it is told how small.
    [Theory]
    [MemberData(nameof(Ways))]
    public void PacketTooLargeForTheTunnel_ClientIsToldOfItsSize(bool isInnerV6, bool isOuterV6, TunnelKind kind)
    {
        Apply(isInnerV6, isOuterV6, kind);
        int room = 1500 - (isOuterV6 ? 40 : 20) - (kind == TunnelKind.Gue ? 12 : kind == TunnelKind.Gre ? 4 : 0);
        Frame fits = Packet(isInnerV6) with { PaddingBytes = 0, Fragment = isInnerV6 ? (ushort)0 : DontFragment };
        fits = fits with { PayloadBytes = room - fits.TotalBytes };
        Send(fits, "forwarded");

        Frame large = fits.With(TcpFlags.Ack) with { PayloadBytes = fits.PayloadBytes + 1 };
        byte[] told = Send(large, "too-big-told");

        Told.Expect(told, large, isInnerV6 ? (2, 0) : (3, 4), (uint)room);
    }

    [Fact]
    public void LargePacketWithOptions_IsQuotedWithThem()
    {
        Apply(isInnerV6: false, isOuterV6: false, TunnelKind.Ipip);
        Frame large = Packet(isV6: false) with { OptionBytes = 40, PayloadBytes = 1450, PaddingBytes = 0, Fragment = DontFragment };
        byte[] told = Send(large, "too-big-told");
        Assert.Equal(Frame.EthernetBytes + 20 + 8 + 60 + 8, told.Length);
        Assert.Equal(0xffff, Frame.Sum(told.AsSpan(Frame.EthernetBytes + 20)));
    }

    // Nobody here makes two packets of one; a sender that heeds this splits what it sends.
    [Fact]
    public void LargePacketThatMayBeSplit_ClientIsToldAllTheSame()
    {
        Apply(isInnerV6: false, isOuterV6: false, TunnelKind.Ipip);
        Frame large = Packet(isV6: false) with { PayloadBytes = 1450, PaddingBytes = 0 };
        Told.Expect(Send(large, "too-big-told"), large, (3, 4), 1480);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ServerOnThisNode_GetsThePacketAsItCame(bool isV6)
    {
        PlannedServer local = Server(isV6, TunnelKind.Ipip) with { IsLocal = true, NextHop = null, Tunnel = null };
        PlannedService service = Service(isV6, local);
        _plane.Apply(service with { HasLocalServer = true });
        Frame frame = Packet(isV6);
        Assert.Equal(frame.Build(), Send(frame, "local"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TtlSpent_IsNotHiddenByTheTunnel(bool isV6)
    {
        Apply(isV6, isV6, TunnelKind.Ipip);
        Frame spent = Packet(isV6) with { Ttl = 1 };
        Told.Expect(Send(spent, "ttl-expired-told"), spent, isV6 ? (3, 0) : (11, 0), 0);
    }

    [Fact]
    public void EndOfTheTunnelChanges_TheNextPacketComesFromThere()
    {
        Apply(isInnerV6: false, isOuterV6: false, TunnelKind.Ipip);
        Send(Packet(isV6: false), "forwarded");
        PlannedServer moved = Server(isV6: false, TunnelKind.Ipip);
        moved = moved with { Tunnel = moved.Tunnel!.Value with { Source = IpAddress.Parse("10.0.0.199"), Kind = TunnelKind.Gre } };
        _plane.Apply(Service(isV6: false, moved));
        byte[] sent = Send(Packet(isV6: false).With(TcpFlags.Ack), "forwarded");
        Assert.Equal("10.0.0.199 -> 10.0.0.1", Told.Ends(sent.AsSpan(Frame.EthernetBytes)));
        Assert.Equal(47, sent[Frame.EthernetBytes + 9]);
    }

    [Fact]
    public void ServersOfBothFamilies_AreListedByTheirAddresses()
    {
        _plane.Apply(Service(isV6: true, Server(isV6: false, TunnelKind.Gue), Server(isV6: true, TunnelKind.Ipip)));
        ImmutableArray<ServerSnapshot> servers = _plane.Read().Servers;
        Assert.Equal(["10.0.0.1:80", "[2001:db8:a::1]:80"], servers.Select(server => server.Address.ToString()));
        Assert.Equal([(TunnelKind.Gue, GuePort), (TunnelKind.Ipip, 0)], servers.Select(server => (server.Tunnel, server.TunnelPort)));
        Assert.All(servers, server => Assert.Equal(ForwardingMethod.Tunnel, server.Method));
    }

    private static Frame Packet(bool isV6) => isV6
        ? new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6 }
        : new Frame();

    private static PlannedServer Server(bool isV6, TunnelKind kind)
    {
        PlannedService plain = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1));
        return (isV6 ? TestPlane.Six(plain) : plain).Servers[0] with
        {
            Method = ForwardingMethod.Tunnel,
            Tunnel = new TunnelEnd(kind, IpAddress.Parse(isV6 ? Source6 : Source4), 1500, kind == TunnelKind.Gue ? GuePort : (ushort)0),
        };
    }

    private static PlannedService Service(bool isV6, params ImmutableArray<PlannedServer> servers)
    {
        PlannedService plain = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1));
        return (isV6 ? TestPlane.Six(plain) : plain) with { Servers = servers };
    }

    private void Apply(bool isInnerV6, bool isOuterV6, TunnelKind kind) =>
        _plane.Apply(Service(isInnerV6, Server(isOuterV6, kind)));

    private byte[] Send(Frame frame, string verdict)
    {
        long before = _plane.Plane.ReadSnapshot().Verdicts[verdict];
        var output = new byte[2048];
        XdpRun run = _plane.Run(frame.Build(), output);
        Assert.Equal(before + 1, _plane.Plane.ReadSnapshot().Verdicts[verdict]);
        return output[..run.SizeBytes];
    }

    /// <summary>What is between the outer header, which is judged here, and the inner packet.</summary>
    private static ReadOnlySpan<byte> Shim(byte[] sent, int innerBytes, bool isOuterV6, int protocol)
    {
        ReadOnlySpan<byte> ip = sent.AsSpan(Frame.EthernetBytes);
        Assert.Equal(isOuterV6 ? 0x86dd : 0x0800, BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(12)));
        if (isOuterV6)
        {
            Assert.Equal((0x60, 63, protocol), (ip[0], ip[7], ip[6]));
            Assert.Equal(ip.Length - 40, BinaryPrimitives.ReadUInt16BigEndian(ip[4..]));
            Assert.Equal($"{Source6} -> 2001:db8:a::1", Told.Ends(ip));
            return ip[40..^innerBytes];
        }

        Assert.Equal((0x45, 63, protocol), (ip[0], ip[8], ip[9]));
        Assert.Equal(ip.Length, BinaryPrimitives.ReadUInt16BigEndian(ip[2..]));
        Assert.Equal(DontFragment, BinaryPrimitives.ReadUInt16BigEndian(ip[6..]));
        Assert.Equal(0xffff, Frame.Sum(ip[..20]));
        Assert.Equal($"{Source4} -> 10.0.0.1", Told.Ends(ip));
        return ip[20..^innerBytes];
    }

    private static void AssertShim(ReadOnlySpan<byte> shim, TunnelKind kind, bool isInnerV6, int innerBytes)
    {
        switch (kind)
        {
            case TunnelKind.Ipip:
                Assert.Equal(0, shim.Length);
                break;
            case TunnelKind.Gre:
                Assert.Equal(isInnerV6 ? [0, 0, 0x86, 0xdd] : new byte[] { 0, 0, 8, 0 }, shim.ToArray());
                break;
            case TunnelKind.Gue:
                Assert.Equal(12, shim.Length);
                Assert.True(BinaryPrimitives.ReadUInt16BigEndian(shim) >= 0xc000);
                Assert.Equal(GuePort, BinaryPrimitives.ReadUInt16BigEndian(shim[2..]));
                Assert.Equal(12 + innerBytes, BinaryPrimitives.ReadUInt16BigEndian(shim[4..]));
                Assert.Equal([0, 0, 0, (byte)(isInnerV6 ? Ip6 : Ip4), 0, 0], shim[6..].ToArray());
                break;
            default:
                Assert.Fail($"{kind}");
                break;
        }
    }
}
