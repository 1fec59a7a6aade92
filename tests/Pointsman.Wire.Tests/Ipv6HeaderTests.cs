using Pointsman.Base;
using Xunit;
using static Pointsman.Wire.Tests.Captured;

namespace Pointsman.Wire.Tests;

public sealed class Ipv6HeaderTests
{
    [Fact]
    public void CapturedHeader_IsParsed_GivesItsFields()
    {
        Assert.Equal(Ipv6ParseError.None, Ipv6Header.TryParse(Hex(Version3OverIpv6), out Ipv6Header header));

        Assert.Equal(0xc0, header.TrafficClass);
        Assert.Equal(40, header.PayloadLengthBytes);
        Assert.Equal(112, header.NextHeader);
        Assert.Equal(255, header.HopLimit);
        Assert.Equal(IpAddress.Parse("fe80::128"), header.Source);
        Assert.Equal(IpAddress.Parse("ff02::12"), header.Destination);
    }

    [Fact]
    public void CapturedHeader_IsWrittenAgain_DiffersInTheFlowLabelOnly()
    {
        byte[] bytes = Hex(Version3OverIpv6);
        Ipv6Header.TryParse(bytes, out Ipv6Header header);
        var written = new byte[Ipv6Header.LengthBytes];

        Assert.Equal(Ipv6Header.LengthBytes, header.Write(written));

        Assert.Equal("6c000000", Convert.ToHexStringLower(written.AsSpan(0, 4)));
        Assert.Equal(bytes[4..40], written[4..]);
    }

    [Theory]
    [InlineData(39, Ipv6ParseError.TooShort)]
    [InlineData(79, Ipv6ParseError.PayloadLength)]
    public void CapturedPacket_IsCut_IsRefused(int lengthBytes, Ipv6ParseError expected) =>
        Assert.Equal(expected, Ipv6Header.TryParse(Hex(Version3OverIpv6).AsSpan(0, lengthBytes), out _));

    [Fact]
    public void OtherVersion_IsRefused()
    {
        byte[] bytes = Hex(Version3OverIpv6);
        bytes[0] = 0x45;

        Assert.Equal(Ipv6ParseError.Version, Ipv6Header.TryParse(bytes, out _));
    }
}
