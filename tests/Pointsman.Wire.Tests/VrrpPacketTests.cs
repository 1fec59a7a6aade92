using Xunit;
using static Pointsman.Wire.Tests.Captured;

namespace Pointsman.Wire.Tests;

public sealed class VrrpPacketTests
{
    public static TheoryData<string> All =>
        [AuthenticationHeader, Version3, Version3OverIpv6, Unicast, UnicastOverIpv6, UnicastVersion2];

    [Theory]
    [MemberData(nameof(All))]
    public void CapturedPacket_IsTakenApart_HoldsAnAdvert(string captured)
    {
        Assert.Equal(VrrpPacketError.None, VrrpPacket.TryParse(Hex(captured), out VrrpPacket packet));

        Assert.Equal(VrrpParseError.None, VrrpAdvert.TryParse(packet.Message, packet.Path, out VrrpAdvert advert));
        Assert.Equal(100, advert.Priority);
        Assert.Equal(captured == AuthenticationHeader, packet.Authenticated.Length > 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void CapturedPacket_IsCutAnywhere_IsRefused(string captured)
    {
        byte[] bytes = Hex(captured);
        for (int lengthBytes = 0; lengthBytes < bytes.Length; lengthBytes++)
        {
            Assert.NotEqual(VrrpPacketError.None, VrrpPacket.TryParse(bytes.AsSpan(0, lengthBytes), out _));
        }
    }

    [Theory]
    [InlineData(Version3, 0, 0x46, VrrpPacketError.Ipv4)]
    [InlineData(Version3, 0, 0x00, VrrpPacketError.Ipv4)]
    [InlineData(Version3OverIpv6, 5, 0x29, VrrpPacketError.Ipv6)]
    [InlineData(Version3OverIpv6, 6, 0x11, VrrpPacketError.Protocol)]
    [InlineData(Version3OverIpv6, 5, 0x01, VrrpPacketError.Message)]
    [InlineData(AuthenticationHeader, 20, 0x06, VrrpPacketError.Protocol)]
    [InlineData(AuthenticationHeader, 21, 0x05, VrrpPacketError.Protocol)]
    public void CapturedPacket_HasOneByteChanged_IsRefusedWithItsReason(string captured, int at, byte value, VrrpPacketError expected)
    {
        byte[] bytes = Hex(captured);
        bytes[at] = value;

        Assert.Equal(expected, VrrpPacket.TryParse(bytes, out _));
    }
}
