using Pointsman.Base;
using Xunit;

namespace Pointsman.Wire.Tests;

public sealed class ArpPacketTests
{
    // keepalived 2.2.7 announcing 192.168.1.200 from 02:00:00:00:00:0a.
    private const string FromKeepalived =
        "ffffffffffff02000000000a0806000108000604000102000000000ac0a801c8ffffffffffffc0a801c8";

    private static readonly MacAddress Owner = new(0x0200_0000_000a);
    private static readonly IpAddress Announced = IpAddress.Parse("192.168.1.200");

    [Fact]
    public void Announcement_IsWritten_IsKeepalivedsFrame()
    {
        var frame = new byte[ArpPacket.FrameLengthBytes];

        Assert.Equal(ArpPacket.FrameLengthBytes, ArpPacket.Gratuitous(Owner, Announced).Write(frame));
        Assert.Equal(Convert.FromHexString(FromKeepalived), frame);
    }

    [Fact]
    public void CapturedFrame_IsParsed_IsTheAnnouncement()
    {
        Assert.Equal(ArpParseError.None, ArpPacket.TryParse(Convert.FromHexString(FromKeepalived), out ArpPacket packet));
        Assert.Equal(ArpPacket.Gratuitous(Owner, Announced), packet);
    }

    [Fact]
    public void CapturedFrame_IsCutAnywhere_IsRefused()
    {
        byte[] frame = Convert.FromHexString(FromKeepalived);
        for (int lengthBytes = 0; lengthBytes < frame.Length; lengthBytes++)
        {
            Assert.Equal(ArpParseError.TooShort, ArpPacket.TryParse(frame.AsSpan(0, lengthBytes), out _));
        }
    }

    [Theory]
    [InlineData(13, 0x00, ArpParseError.EtherType)]
    [InlineData(15, 0x06, ArpParseError.AddressTypes)]
    [InlineData(19, 0x10, ArpParseError.AddressTypes)]
    [InlineData(21, 0x03, ArpParseError.Operation)]
    public void CapturedFrame_HasOneByteChanged_IsRefusedWithItsReason(int at, byte value, ArpParseError expected)
    {
        byte[] frame = Convert.FromHexString(FromKeepalived);
        frame[at] = value;

        Assert.Equal(expected, ArpPacket.TryParse(frame, out _));
    }

    [Fact]
    public void AnyPacket_IsWrittenAndParsed_IsTheSame()
    {
        var prng = new Prng(4);
        var frame = new byte[60];
        for (int round = 0; round < 2000; round++)
        {
            var packet = new ArpPacket
            {
                FrameTarget = Mac(prng),
                FrameSource = Mac(prng),
                Operation = prng.OneIn(2) ? ArpOperation.Request : ArpOperation.Reply,
                SenderMac = Mac(prng),
                SenderAddress = IpAddress.FromV4Bits((uint)prng.NextUInt64()),
                TargetMac = Mac(prng),
                TargetAddress = IpAddress.FromV4Bits((uint)prng.NextUInt64()),
            };

            packet.Write(frame);

            Assert.Equal(ArpParseError.None, ArpPacket.TryParse(frame, out ArpPacket read));
            Assert.Equal(packet, read);
        }
    }

    private static MacAddress Mac(Prng prng) => new(prng.NextUInt64() >> 16);
}
