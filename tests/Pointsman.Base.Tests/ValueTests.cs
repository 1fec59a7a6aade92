using Pointsman.Base;

namespace Pointsman.Base.Tests;

public sealed class ValueTests
{
    [Theory]
    [InlineData("255.255.255.255", 32, "0.0.0.0")]
    [InlineData("255.255.255.0", 24, "0.0.0.0")]
    [InlineData("0.0.0.0", 0, "0.0.0.0")]
    [InlineData("255.0.255.0", 24, "0.255.0.0")]
    [InlineData("0.0.0.255", 32, "255.255.255.0")]
    [InlineData("128.0.0.1", 32, "127.255.255.254")]
    public void V4Mask_AnyBits_RoundTrips(string text, int length, string gaps)
    {
        var mask = V4Mask.FromBits(IpAddress.Parse(text).V4Bits);
        Assert.Equal((length, gaps, text), (mask.Length, IpAddress.FromV4Bits(mask.Gaps).ToString(), mask.ToString()));
        Assert.Equal(IpAddress.Parse(text).V4Bits, mask.Bits);
    }

    [Theory]
    [InlineData("192.168.1.200", "192.168.1.200")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    public void IpAddress_ValidText_RoundTrips(string text, string expected)
    {
        Assert.True(IpAddress.TryParse(text, out IpAddress address));
        Assert.Equal(expected, address.ToString());
        Assert.Equal(address, IpAddress.FromBytes(address.ToBytes()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.4 ")]
    [InlineData("1..3.4")]
    [InlineData("+1.2.3.4")]
    [InlineData("0x1.2.3.4")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    public void IpAddress_OtherText_IsRefused(string text) => Assert.False(IpAddress.TryParse(text, out _));

    [Fact]
    public void IpAddress_Order_IsNumeric()
    {
        Assert.True(IpAddress.Parse("10.0.0.9") < IpAddress.Parse("10.0.0.10"));
        Assert.True(IpAddress.Parse("200.0.0.1") > IpAddress.Parse("100.0.0.1"));
        Assert.True(IpAddress.Parse("255.255.255.255") < IpAddress.Parse("::1"));
    }

    [Theory]
    [InlineData("10.0.0.1", 32)]
    [InlineData("10.0.0.1/24", 24)]
    [InlineData("2001:db8::1", 128)]
    public void IpPrefix_WithoutLength_IsTheHost(string text, int length)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix));
        Assert.Equal(length, prefix.Length);
    }

    [Theory]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0.1/")]
    [InlineData("10.0.0.1/-1")]
    [InlineData("/24")]
    public void IpPrefix_BadLength_IsRefused(string text) => Assert.False(IpPrefix.TryParse(text, out _));

    [Theory]
    [InlineData("10.0.0.200/24", "10.0.0.1", true)]
    [InlineData("10.0.0.200/24", "10.0.1.1", false)]
    [InlineData("10.0.0.200/25", "10.0.0.127", false)]
    [InlineData("10.0.0.200/32", "10.0.0.200", true)]
    [InlineData("0.0.0.0/0", "10.0.0.1", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("fd00:1::200/64", "fd00:1::130", true)]
    [InlineData("fd00:1::200/65", "fd00:1::8000:0:0:1", false)]
    [InlineData("fd00:1::200/128", "fd00:1::201", false)]
    public void IpPrefix_Contains_TheAddressesOfItsNetwork(string text, string address, bool expected)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix));
        Assert.Equal(expected, prefix.Contains(IpAddress.Parse(address)));
    }

    [Fact]
    public void MacAddress_Text_RoundTrips()
    {
        Assert.True(MacAddress.TryParse("02:00:5e:10:00:ff", out MacAddress mac));
        Assert.Equal("02:00:5e:10:00:ff", mac.ToString());
        Assert.Equal(0x02005e1000fful, mac.Bits);
        Assert.False(MacAddress.TryParse("02:00:5e:10:00:f", out _));
        Assert.False(MacAddress.TryParse("02-00-5e-10-00-ff", out _));
    }

    // The worked example of RFC 1071 §3: 0001 f203 f4f5 f6f7 sums to ddf2, whose complement is 220d.
    [Fact]
    public void InternetChecksum_Rfc1071Example_MatchesAndVerifiesToZero()
    {
        byte[] bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        Assert.Equal(0x220d, InternetChecksum.Compute(bytes));
        Assert.Equal(0, InternetChecksum.Compute([.. bytes, 0x22, 0x0d]));
    }

    [Fact]
    public void Instant_PlusSpan_MinusInstant_GivesTheSpanBack()
    {
        Instant start = Instant.FromSeconds(5);
        TimeSpan span = TimeSpan.FromMilliseconds(1500);
        Assert.Equal(span, (start + span) - start);
        Assert.True(start < start + span);
        Assert.Equal(start, Instant.Earlier(null, (Instant?)start));
    }

    [Fact]
    public void Prng_SameSeed_SameNumbers()
    {
        var left = new Prng(42);
        var right = new Prng(42);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(left.NextUInt64(), right.NextUInt64()));
        Assert.NotEqual(new Prng(1).NextUInt64(), new Prng(2).NextUInt64());
    }
}
