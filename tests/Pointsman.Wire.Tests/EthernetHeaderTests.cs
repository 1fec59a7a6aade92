using Pointsman.Base;
using Xunit;

namespace Pointsman.Wire.Tests;

public sealed class EthernetHeaderTests
{
    // As keepalived 2.2.7 with use_vmac sends them.
    [Theory]
    [InlineData("224.0.0.18", "01005e00001200005e0001330800")]
    [InlineData("ff02::12", "33330000001200005e00023386dd")]
    public void AdvertOfAVirtualRouter_Written_IsAsKeepalivedSendsIt(string group, string expected)
    {
        Assert.True(IpAddress.TryParse(group, out IpAddress target));
        byte[] header = new byte[EthernetHeader.LengthBytes];
        EthernetHeader.Write(header, MacAddress.OfGroup(target), MacAddress.VirtualRouter(target.Family, 51), target.Family);
        Assert.Equal(expected, Convert.ToHexStringLower(header));
    }

    [Theory]
    [InlineData("00:00:5e:00:01:33", true)]
    [InlineData("00:00:5e:00:02:ff", true)]
    [InlineData("00:00:5e:00:03:33", false)]
    [InlineData("02:00:5e:00:01:33", false)]
    public void MacAddress_OfTheKeptBlocks_IsAVirtualRouters(string text, bool isOne)
    {
        Assert.True(MacAddress.TryParse(text, out MacAddress mac));
        Assert.Equal(isOne, mac.IsVirtualRouter);
    }
}
