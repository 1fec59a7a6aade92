using System.Buffers.Binary;
using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// The checksums of tunnels, GRE's and that of GUE's UDP: right over every byte that is sent, whether the packet within tells what it
/// sums up to or not.
/// </summary>
[Collection(PlaneCollection.Name)]
public sealed class TunnelChecksumTests(SharedPlane shared)
{
    private const byte Icmp = 1;
    private const byte Tcp = 6;
    private const byte IcmpV6 = 58;
    private const int GueBytes = 12;
    private const ushort Port = 6080;

    /// <summary>Where packets are left for scripts/tunnels-on-linux; null: nowhere.</summary>
    private static readonly string? s_frames = Environment.GetEnvironmentVariable("POINTSMAN_FRAMES");

    private readonly TestPlane _plane = shared.Fresh();

    public static TheoryData<bool, bool, TunnelKind, int> Ways()
    {
        var ways = new TheoryData<bool, bool, TunnelKind, int>();
        foreach (TunnelKind kind in (ReadOnlySpan<TunnelKind>)[TunnelKind.Gue, TunnelKind.Gre])
        {
            foreach (int payload in (ReadOnlySpan<int>)[0, 1, 2, 3, 513, 1377])
            {
                ways.Add(false, false, kind, payload);
                ways.Add(false, true, kind, payload);
                ways.Add(true, false, kind, payload);
                ways.Add(true, true, kind, payload);
            }
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void PacketWithItsOwnChecksum_OuterOneIsRight(bool isInnerV6, bool isOuterV6, TunnelKind kind, int payload)
    {
        foreach (byte protocol in (ReadOnlySpan<byte>)[Tcp, Frame.Udp])
        {
            Apply(protocol, isInnerV6, isOuterV6, kind, 1500);
            AssertSent(Packet(protocol, isInnerV6) with { PayloadBytes = payload }, isOuterV6, kind);
        }
    }

    // What tells no sum of its own: nothing but looking at it helps.
    [Theory]
    [MemberData(nameof(Ways))]
    public void PacketWithoutAKnownSum_OuterChecksumIsRight(bool isInnerV6, bool isOuterV6, TunnelKind kind, int payload)
    {
        Apply(Frame.Udp, isInnerV6, isOuterV6, kind, 1500);
        Frame udp = Packet(Frame.Udp, isInnerV6) with { PayloadBytes = payload };
        AssertSent(udp with { HasNoChecksum = true }, isOuterV6, kind);
        byte[] shorter = udp.Build();
        Span<byte> header = shorter.AsSpan(Frame.EthernetBytes + udp.IpBytes);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], Frame.UdpBytes);
        AssertSent(shorter, udp with { Ttl = 63 }, isOuterV6, kind);

        Apply(Frame.Sctp, isInnerV6, isOuterV6, kind, 1500);
        AssertSent(Packet(Frame.Sctp, isInnerV6) with { PayloadBytes = payload & ~3 }, isOuterV6, kind);

        Apply(Tcp, isInnerV6, isOuterV6, kind, 1500);
        Frame tcp = Packet(Tcp, isInnerV6) with { PayloadBytes = payload };
        if (isInnerV6)
        {
            AssertSent(tcp with { PayloadBytes = Math.Min(payload, 1300), Extensions = [(60, new byte[7])] }, isOuterV6, kind);
            AssertSent(Piece(tcp, 0, more: true), isOuterV6, kind);
            AssertSent(Piece(tcp, 100, more: false), isOuterV6, kind);
            return;
        }

        AssertSent(tcp with { PayloadBytes = Math.Min(payload, 1300), OptionBytes = 8 }, isOuterV6, kind);
        AssertSent(tcp with { Fragment = 0x2000 }, isOuterV6, kind);
        AssertSent(tcp with { Fragment = 100 }, isOuterV6, kind);
    }

    // Larger than one look of the helper's, and than what most cards take.
    [Theory]
    [InlineData(TunnelKind.Gue, 2900)]
    [InlineData(TunnelKind.Gre, 2901)]
    public void LargePacket_IsSummedUpWhole(TunnelKind kind, int payload)
    {
        Apply(Frame.Udp, isInnerV6: false, isOuterV6: false, kind, 9000);
        AssertSent(Packet(Frame.Udp, isV6: false) with { PayloadBytes = payload, HasNoChecksum = true }, isOuterV6: false, kind);
    }

    [Theory]
    [InlineData(false, TunnelKind.Gue)]
    [InlineData(false, TunnelKind.Gre)]
    [InlineData(true, TunnelKind.Gue)]
    [InlineData(true, TunnelKind.Gre)]
    public void ErrorAboutAnAnswer_BearsOne(bool isV6, TunnelKind kind)
    {
        Apply(Tcp, isV6, isOuterV6: false, kind, 1500);
        Frame client = Packet(Tcp, isV6);
        Send(client.Build(), out _);
        Frame answer = client with { Source = client.Target, Target = client.Source, SourcePort = 80, TargetPort = client.SourcePort, PayloadBytes = 1000, PaddingBytes = 0 };

        byte[] sent = Send(IcmpErrors.About(answer), out string verdict);

        Assert.Equal("forwarded", verdict);
        ReadOnlySpan<byte> inner = AssertSums(sent, isOuterV6: false, kind);
        Assert.Equal(isV6 ? IcmpV6 : Icmp, inner[isV6 ? 6 : 9]);
    }

    // The payload is not looked at: that the server would drop this packet it says of the outer one already.
    [Theory]
    [InlineData(TunnelKind.Gue)]
    [InlineData(TunnelKind.Gre)]
    public void PacketThatIsDamaged_OuterChecksumSaysSo(TunnelKind kind)
    {
        Apply(Tcp, isInnerV6: false, isOuterV6: false, kind, 1500);
        byte[] damaged = (Packet(Tcp, isV6: false) with { PayloadBytes = 100 }).Build();
        damaged[Frame.EthernetBytes + 40 + 50] ^= 1;

        byte[] sent = Send(damaged, out string verdict);

        Assert.Equal("forwarded", verdict);
        Assert.NotEqual(0xffff, OuterSum(sent, isOuterV6: false, kind));
    }

    // Remote checksum offload is of packets whose own checksum is to be filled in by a card, and none such comes from a wire.
    [Fact]
    public void RemoteChecksum_IsTheOuterOne_WithoutOptions()
    {
        Apply(Tcp, isInnerV6: false, isOuterV6: false, TunnelKind.Gue, 1500, TunnelChecksum.Remote);
        byte[] sent = AssertSent(Packet(Tcp, isV6: false) with { PayloadBytes = 10 }, isOuterV6: false, TunnelKind.Gue);
        Assert.Equal([0, 4, 0, 0], sent[(Frame.EthernetBytes + 20 + 8)..][..4]);
        Assert.Equal(TunnelChecksum.Remote, Assert.Single(_plane.Read().Servers).TunnelChecksum);
    }

    [Fact]
    public void ChecksumIsSwitched_TheNextPacketHasIt()
    {
        Apply(Tcp, isInnerV6: false, isOuterV6: false, TunnelKind.Gre, 1500, TunnelChecksum.None);
        Frame frame = Packet(Tcp, isV6: false) with { PayloadBytes = 10 };
        Assert.Equal([0, 0, 8, 0], Send(frame.Build(), out _)[(Frame.EthernetBytes + 20)..][..4]);
        Assert.Equal(TunnelChecksum.None, Assert.Single(_plane.Read().Servers).TunnelChecksum);

        Apply(Tcp, isInnerV6: false, isOuterV6: false, TunnelKind.Gre, 1500);
        AssertSent(frame.With(TcpFlags.Ack), isOuterV6: false, TunnelKind.Gre);
        Assert.Equal(TunnelChecksum.Outer, Assert.Single(_plane.Read().Servers).TunnelChecksum);
    }

    [Theory]
    [InlineData(TunnelKind.Gue, 12)]
    [InlineData(TunnelKind.Gre, 8)]
    public void PacketTooLarge_ClientIsToldWhatFitsBesideTheChecksum(TunnelKind kind, int more)
    {
        Apply(Tcp, isInnerV6: false, isOuterV6: false, kind, 1500);
        Frame fits = Packet(Tcp, isV6: false) with { Fragment = 0x4000, PayloadBytes = 1480 - more - 40 };
        AssertSent(fits, isOuterV6: false, kind);
        Frame large = fits.With(TcpFlags.Ack) with { PayloadBytes = fits.PayloadBytes + 1 };
        byte[] told = Send(large.Build(), out string verdict);
        Assert.Equal("too-big-told", verdict);
        Told.Expect(told, large, (3, 4), (uint)(1480 - more));
    }

    // RFC 768: a sum of zero is sent as all ones, for zero means that there is none.
    [Fact]
    public void GueChecksumOfZero_IsSentAsAllOnes()
    {
        Apply(Frame.Udp, isInnerV6: false, isOuterV6: false, TunnelKind.Gue, 1500);
        Frame frame = Packet(Frame.Udp, isV6: false) with { PayloadBytes = 2, HasNoChecksum = true, PaddingBytes = 0 };
        byte[] bytes = frame.Build();
        bytes[^2] = bytes[^1] = 0;
        byte[] sent = Send(bytes, out _);

        // What is missing to zero goes into the payload.
        ushort check = BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(Frame.EthernetBytes + 20 + 6));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(bytes.Length - 2), check);
        sent = Send(bytes, out _);
        Assert.Equal(0xffff, BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(Frame.EthernetBytes + 20 + 6)));
        AssertSums(sent, isOuterV6: false, TunnelKind.Gue);
    }

    private static Frame Packet(byte protocol, bool isV6) => (isV6
        ? new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6 }
        : new Frame()) with { Protocol = protocol };

    private static Frame Piece(Frame whole, int offset, bool more) => whole with
    {
        PayloadBytes = Math.Min(whole.PayloadBytes, 1300),
        Extensions = [(44, [0, (byte)(offset >> 5), (byte)((offset << 3) | (more ? 1 : 0)), 0, 0, 0, 1])],
    };

    private void Apply(
        byte protocol, bool isInnerV6, bool isOuterV6, TunnelKind kind, int mtu, TunnelChecksum checksum = TunnelChecksum.Outer)
    {
        PlannedService plain = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1));
        plain = plain with { Key = plain.Key with { Protocol = (TransportProtocol)protocol } };
        PlannedServer server = (isOuterV6 ? TestPlane.Six(plain) : plain).Servers[0] with
        {
            Method = ForwardingMethod.Tunnel,
            Tunnel = new TunnelEnd(kind, IpAddress.Parse(isOuterV6 ? "2001:db8:a::200" : "10.0.0.200"), mtu, kind == TunnelKind.Gue ? Port : (ushort)0)
            {
                Checksum = checksum,
            },
        };
        _plane.Apply((isInnerV6 ? TestPlane.Six(plain) : plain) with { Servers = [server] });
    }

    private byte[] AssertSent(Frame frame, bool isOuterV6, TunnelKind kind)
    {
        frame = frame with { PaddingBytes = 0 };
        return AssertSent(frame.Build(), frame with { Ttl = 63 }, isOuterV6, kind);
    }

    /// <param name="expected">But for what the sender has changed behind its IP header.</param>
    private byte[] AssertSent(byte[] frame, Frame expected, bool isOuterV6, TunnelKind kind)
    {
        frame = frame[..(Frame.EthernetBytes + expected.TotalBytes)];
        byte[] sent = Send(frame, out string verdict);
        Assert.Equal("forwarded", verdict);
        byte[] inner = AssertSums(sent, isOuterV6, kind).ToArray();
        byte[] header = (expected with { PaddingBytes = 0 }).Build()[Frame.EthernetBytes..][..expected.IpBytes];
        Assert.Equal(header, inner[..expected.IpBytes]);
        Assert.Equal(frame[(Frame.EthernetBytes + expected.IpBytes)..], inner[expected.IpBytes..]);
        return sent;
    }

    /// <returns>The packet within.</returns>
    private static ReadOnlySpan<byte> AssertSums(byte[] sent, bool isOuterV6, TunnelKind kind)
    {
        Assert.Equal(0xffff, OuterSum(sent, isOuterV6, kind));
        Leave(sent, $"{(kind == TunnelKind.Gue ? "gue" : "gre")}{(isOuterV6 ? 6 : 4)}");
        ReadOnlySpan<byte> outer = Outer(sent, isOuterV6);
        ReadOnlySpan<byte> shim = outer[(isOuterV6 ? 40 : 20)..];
        if (!isOuterV6)
        {
            Assert.Equal(0xffff, Frame.Sum(outer[..20]));
        }

        if (kind == TunnelKind.Gue)
        {
            Assert.NotEqual(0, BinaryPrimitives.ReadUInt16BigEndian(shim[6..]));
            return shim[GueBytes..];
        }

        Assert.Equal((0x8000, 0), (BinaryPrimitives.ReadUInt16BigEndian(shim), BinaryPrimitives.ReadUInt16BigEndian(shim[6..])));
        return shim[8..];
    }

    private static ushort OuterSum(byte[] sent, bool isOuterV6, TunnelKind kind)
    {
        ReadOnlySpan<byte> outer = Outer(sent, isOuterV6);
        int headerBytes = isOuterV6 ? 40 : 20;
        Assert.Equal(kind == TunnelKind.Gue ? 17 : 47, outer[isOuterV6 ? 6 : 9]);
        return kind == TunnelKind.Gue
            ? Frame.TransportSum(outer, headerBytes, 17)
            : Frame.Sum([.. outer[headerBytes..], .. new byte[outer.Length & 1]]);
    }

    private static void Leave(byte[] frame, string name)
    {
        if (s_frames is not null)
        {
            using FileStream file = File.Open(Path.Combine(s_frames, name), FileMode.Append);
            file.Write([(byte)frame.Length, (byte)(frame.Length >> 8), .. frame]);
        }
    }

    // Without what Ethernet has put behind it.
    private static ReadOnlySpan<byte> Outer(byte[] sent, bool isV6)
    {
        ReadOnlySpan<byte> outer = sent.AsSpan(Frame.EthernetBytes);
        return outer[..(isV6 ? 40 + BinaryPrimitives.ReadUInt16BigEndian(outer[4..]) : BinaryPrimitives.ReadUInt16BigEndian(outer[2..]))];
    }

    private byte[] Send(byte[] frame, out string verdict)
    {
        var before = _plane.Plane.ReadSnapshot().Verdicts;
        var output = new byte[4096];
        int sizeBytes = _plane.Run(frame, output).SizeBytes;
        verdict = _plane.Plane.ReadSnapshot().Verdicts
            .Single(pair => pair.Value != before[pair.Key] && !pair.Key.StartsWith("note-", StringComparison.Ordinal)).Key;
        return output[..sizeBytes];
    }
}
