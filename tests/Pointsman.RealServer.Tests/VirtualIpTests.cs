namespace Pointsman.RealServer.Tests;

public sealed class VirtualIpTests
{
    [Theory]
    [InlineData("10.0.0.300", "'10.0.0.300' is not an IPv4 address")]
    [InlineData("vip", "'vip' is not an IPv4 address")]
    [InlineData("10.0.0.1/24", "'10.0.0.1/24' is not an address: leave the prefix length out, a real server binds the one address (/32)")]
    [InlineData("2001:db8::1", "'2001:db8::1' is IPv6, which is not supported yet")]
    [InlineData("0.0.0.0", "'0.0.0.0' cannot be a virtual IP: no client reaches it")]
    [InlineData("127.0.0.1", "'127.0.0.1' cannot be a virtual IP: no client reaches it")]
    [InlineData("224.0.0.18", "'224.0.0.18' cannot be a virtual IP: no client reaches it")]
    [InlineData("255.255.255.255", "'255.255.255.255' cannot be a virtual IP: no client reaches it")]
    public void UnfitAddress_IsRefused_WithWhatIsWrong(string text, string expected)
    {
        Assert.False(VirtualIp.TryParse(text, out _, out string? complaint));
        Assert.Equal(expected, complaint);
    }

    [Fact]
    public void FitAddress_IsTaken()
    {
        Assert.True(VirtualIp.TryParse("192.168.1.200", out var address, out _));
        Assert.Equal("192.168.1.200", address.ToString());
    }
}
