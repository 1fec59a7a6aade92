using System.Buffers.Binary;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// What is not a whole, right TCP packet to a service is never balanced, and always counted by a name.
/// </summary>
[Collection(PlaneCollection.Name)]
public sealed class BadInputTests
{
    private const int Ip = Frame.EthernetBytes;
    private readonly TestPlane _plane;

    public BadInputTests(SharedPlane shared)
    {
        _plane = shared.Fresh();
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(40)]
    public void FrameCutShort_AtEveryLength_IsNeverBalanced(int optionBytes)
    {
        byte[] whole = new Frame { OptionBytes = optionBytes, PayloadBytes = 7, PaddingBytes = 0 }.Build();
        for (int length = Frame.EthernetBytes; length < whole.Length; length++)
        {
            Outcome outcome = _plane.Send(whole[..length]);
            string expected = length < Frame.EthernetBytes + 20 ? "truncated-ip" : "bad-ip-header";
            Assert.Equal((length, expected), (length, outcome.Verdict));
        }

        Assert.Equal("forwarded", _plane.Send(whole).Verdict);
    }

    [Fact]
    public void PacketTooShortForTcp_AtEveryLength_IsDropped()
    {
        for (int total = 20; total < 40; total++)
        {
            byte[] frame = new Frame().Build();
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Ip + 2), (ushort)total);
            Frame.WriteChecksum(frame.AsSpan(Ip, 20));

            Outcome outcome = _plane.Send(frame);

            Assert.Equal((total, "truncated-tcp", XdpAction.Drop), (total, outcome.Verdict, outcome.Action));
        }
    }

    [Fact]
    public void TcpHeaderLengthBelowTheLeast_IsDropped()
    {
        for (int words = 0; words < 5; words++)
        {
            byte[] frame = new Frame().Build();
            frame[Ip + 20 + 12] = (byte)(words << 4);
            Assert.Equal("truncated-tcp", _plane.Send(frame).Verdict);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(36)]
    [InlineData(40)]
    public void IpOptions_AreCarriedAlong_ChecksumIsRight(int optionBytes)
    {
        var frame = new Frame { OptionBytes = optionBytes, PayloadBytes = 3 };

        Outcome outcome = _plane.Send(frame);

        Assert.Equal("forwarded", outcome.Verdict);
        byte[] expected = (frame with { SourceMac = TestPlane.Director, TargetMac = TestPlane.MacOf(1), Ttl = 63 }).Build();
        Assert.Equal(expected, outcome.Bytes);
    }

    [Fact]
    public void OptionsCountedIntoAWrongChecksum_IsDropped()
    {
        byte[] frame = new Frame { OptionBytes = 8 }.Build();
        frame[Ip + 20] ^= 0x40;
        Assert.Equal("bad-ip-checksum", _plane.Send(frame).Verdict);
    }

    [Fact]
    public void AnyBitOfTheHeaderTurned_IsNeverBalanced()
    {
        byte[] whole = new Frame().Build();
        for (int bit = 0; bit < 20 * 8; bit++)
        {
            byte[] frame = [.. whole];
            frame[Ip + (bit / 8)] ^= (byte)(1 << (bit % 8));

            Outcome outcome = _plane.Send(frame);

            Assert.True(outcome.Action is XdpAction.Drop or XdpAction.Pass, $"bit {bit}: {outcome.Verdict}");
            Assert.True(
                outcome.Verdict is "bad-ip-checksum" or "bad-ip-header" or "not-vip" or "not-service",
                $"bit {bit}: {outcome.Verdict}");
        }
    }

    [Theory]
    [InlineData(0x05)]
    [InlineData(0x55)]
    [InlineData(0x65)]
    [InlineData(0xf5)]
    [InlineData(0x40)]
    [InlineData(0x44)]
    public void WrongVersionOrHeaderLength_IsDropped(byte first)
    {
        byte[] frame = new Frame().Build();
        frame[Ip] = first;
        Frame.WriteChecksum(frame.AsSpan(Ip, 20));

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("bad-ip-header", XdpAction.Drop), (outcome.Verdict, outcome.Action));
    }

    [Theory]
    [InlineData(0x0001, "fragment-early", XdpAction.Drop)]
    [InlineData(0x2001, "fragment-early", XdpAction.Drop)]
    [InlineData(0x1fff, "fragment-early", XdpAction.Drop)]
    [InlineData(0x2000, "forwarded", XdpAction.Tx)]
    [InlineData(0x4000, "forwarded", XdpAction.Tx)]
    public void LaterFragments_AreNotBalancedByWhatStandsWherePortsWouldBe(int flagsAndOffset, string verdict, XdpAction action)
    {
        Outcome outcome = _plane.Send(new Frame { Fragment = (ushort)flagsAndOffset });
        Assert.Equal((verdict, action), (outcome.Verdict, outcome.Action));
    }

    // RFC 1858: cut so that the flags are in the second.
    [Fact]
    public void FirstFragmentWithoutAWholeTcpHeader_IsDropped()
    {
        byte[] tiny = Pieces.Cut(new Frame(), id: 1, 8)[0];
        Assert.Equal("truncated-tcp", _plane.Send(tiny).Verdict);
    }

    [Theory]
    [InlineData(0x8100, "vlan")]
    [InlineData(0x88a8, "vlan")]
    [InlineData(0x86dd, "not-vip")]
    [InlineData(0x88cc, "not-ip")]
    [InlineData(0x0600, "not-ip")]
    public void OtherEtherTypes_ArePassedUntouched(int etherType, string verdict)
    {
        byte[] frame = new Frame().Build();
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)etherType);

        Outcome outcome = _plane.Send(frame);

        Assert.Equal((verdict, XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(frame, outcome.Bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(112)]
    public void OtherProtocolsToTheVip_ArePassedUntouched(byte protocol)
    {
        var frame = new Frame { Protocol = protocol };

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("not-tcp", XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(frame.Build(), outcome.Bytes);
    }

    [Fact]
    public void AnotherPortOfTheVip_IsPassedUntouched()
    {
        var frame = new Frame { TargetPort = 443 };

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("not-service", XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(frame.Build(), outcome.Bytes);
    }

    [Fact]
    public void AnotherAddress_IsPassedUntouched_EvenBroken()
    {
        byte[] frame = new Frame { Target = "192.0.2.101" }.Build();
        frame[Ip + 10] ^= 0xff;

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("not-vip", XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(frame, outcome.Bytes);
    }

    [Fact]
    public void AddressThatTheFilterCannotTellFromTheVip_IsPassedUntouched()
    {
        var frame = new Frame { Target = LookAlike(IpAddress.Parse(TestPlane.Vip)).ToString() };

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("not-service", XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(frame.Build(), outcome.Bytes);
    }

    [Theory]
    [InlineData(TcpFlags.Ack)]
    [InlineData(TcpFlags.Fin | TcpFlags.Ack)]
    [InlineData(TcpFlags.Rst)]
    [InlineData(TcpFlags.Rst | TcpFlags.Syn)]
    [InlineData(TcpFlags.None)]
    public void NotASynAndUnknown_IsLeftToTheStackToReset(TcpFlags flags)
    {
        Outcome outcome = _plane.Send(new Frame { Flags = flags });

        Assert.Equal(("no-connection", XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(0, _plane.Plane.ReadSnapshot().Connections);
    }

    // The same multiplication as the filter's; the next address that falls on the same bit.
    private static IpAddress LookAlike(IpAddress vip)
    {
        uint bit = unchecked(vip.V4Bits * 0x9e3779b1) >> 17;
        uint candidate = vip.V4Bits + 1;
        while (unchecked(candidate * 0x9e3779b1) >> 17 != bit)
        {
            candidate++;
        }

        return IpAddress.FromV4Bits(candidate);
    }
}
